import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What the bot sent to a connector. */
export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly activity: Readonly<Record<string, unknown>>;
}

/** The Bot Framework's connector, as a channel or the Emulator has it: it takes what bots send. */
export interface Connector {
  readonly url: string;
  readonly received: readonly Received[];
  /** What the next calls are answered with; 200 until it is set. */
  status: number;
  /** A type of activity that is answered 400, as the Agents Playground does with events. */
  refuses: string | undefined;
  /** Waits until the bot has sent so many activities, of one type if it is named; answers those. */
  waitFor(count: number, type?: string): Promise<readonly Received[]>;
  close(): Promise<void>;
}

const waitMs = 10_000;

/** Starts a connector on loopback: `POST /v3/conversations/{id}/activities[/{activityId}]`. */
export async function startConnector(): Promise<Connector> {
  const received: Received[] = [];
  const arrivals = new EventEmitter();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const known =
      request.method === 'POST' && /^\/v3\/conversations\/[^/]+\/activities(\/[^/]+)?$/.test(path);
    const activity = (await json(request)) as Received['activity'];
    const refused = activity.type === connector.refuses ? 400 : connector.status;
    const status = known ? refused : 404;
    if (status === 200) {
      received.push({ path, authorization: request.headers.authorization, activity });
      arrivals.emit('activity');
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(status === 200 ? { id: `sent-${received.length}` } : {}));
  });
  const connector: Connector = {
    url: '',
    received,
    status: 200,
    refuses: undefined,
    async waitFor(count, type) {
      const signal = AbortSignal.timeout(waitMs);
      const found = () => received.filter(({ activity }) => type === undefined || activity.type === type);
      while (found().length < count) await once(arrivals, 'activity', { signal });
      return found();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(connector, { url: `http://127.0.0.1:${port}` });
}
