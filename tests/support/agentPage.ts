/** An agent's page in Dynamics 365, as far as its client API is documented, and the server that it comes from. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The server of the page. */
export interface AgentPages {
  /** How it is reached by the name that agents use, and by another one: another origin. */
  readonly origin: string;
  readonly otherOrigin: string;
  /** Where Bluetick is; set before a page is opened. */
  bluetick: string;
  /** Makes the tokens that it hands to its pages. */
  tokens: () => Promise<string>;
  close(): void;
}

/** Serves pages on a free port. */
export async function startAgentPages(): Promise<AgentPages> {
  const server = createServer(async (request, response) => {
    if (request.url === '/token') response.end(await pages.tokens());
    else response.setHeader('content-type', 'text/html').end(page(pages.bluetick));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pages: AgentPages = {
    origin: `http://127.0.0.1:${port}`,
    otherOrigin: `http://localhost:${port}`,
    bluetick: '',
    tokens: async () => '',
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return pages;
}

/**
 * `Microsoft.Apm` and `Microsoft.Omnichannel` as documented: a topic for `ON_SESSION_SWITCH`, on which a BroadcastChannel
 * carries the sessions, and the id of the conversation that is focused.
 */
function page(bluetick: string): string {
  return `<!doctype html><title>Agent</title>
<script>
  let focused = { session: 'session-home', conversation: null };
  let answerId = () => Promise.resolve(focused.conversation);
  const topicOf = event => {
    if (event !== 'ON_SESSION_SWITCH') throw new Error('no such event');
    return 'Microsoft.Apm.' + event;
  };
  globalThis.Microsoft = {
    Apm: { getEventPublisherTopic: topicOf },
    Omnichannel: { getConversationId: () => answerId() },
  };
  const publisher = new BroadcastChannel(topicOf('ON_SESSION_SWITCH'));
  function switchTo(newSessionId, conversation) {
    const previousSessionId = focused.session;
    focused = { session: newSessionId, conversation };
    publisher.postMessage({ previousSessionId, newSessionId });
  }
  const errors = [];
  let asked = 0;
</script>
<script src="${bluetick}/console/dynamics.js"></script>
<script>
  const stop = bluetick.watchSessions({
    url: ${JSON.stringify(`${bluetick}/`)},
    getToken: () => { asked += 1; return fetch('/token').then(answer => answer.text()); },
    onError: error => errors.push(String(error)),
  });
</script>`;
}
