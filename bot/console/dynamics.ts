/**
 * What an agent's browser runs in Dynamics 365: it is served as a text, so {@link watchSessions} uses nothing from outside
 * of itself but the browser's own and Dynamics' client API.
 *
 * @module
 */

/** Options of {@link watchSessions}. */
export interface WatchOptions {
  /** Where Bluetick is, such as `https://bot.example.com`. */
  readonly url: string;
  /**
   * Answers a token of `POST /api/v1/tokens`. It comes from a server of one's own, which has the administrator's key and
   * knows who asks; it is called again when a token has ended.
   */
  readonly getToken: () => string | Promise<string>;
  /** Called with what could not be told in the end. Default: a warning on the browser's console. */
  readonly onError?: (error: Error) => void;
}

/**
 * Reports `opened` to Bluetick whenever the agent turns to the session of a conversation: by the event
 * `ON_SESSION_SWITCH` of Dynamics 365's app profile manager, and the conversation's id from `Microsoft.Omnichannel`. What
 * Bluetick does not know yet, as the news that the agent has accepted may be slower than the browser, is told again for
 * two minutes.
 *
 * @returns stops it
 */
export function watchSessions({
  url,
  getToken,
  onError = error => console.warn(error),
}: WatchOptions): () => void {
  const waitsMs = [1000, 2000, 4000, 8000, 15_000, 30_000, 60_000];
  const { Microsoft } = globalThis as unknown as {
    Microsoft: {
      Apm: { getEventPublisherTopic(event: string): string | Promise<string> };
      Omnichannel: { getConversationId(): unknown };
    };
  };
  const stop = new AbortController();
  let token: Promise<string> | undefined;
  let session: unknown;

  async function listen(): Promise<void> {
    const topic = await Microsoft.Apm.getEventPublisherTopic('ON_SESSION_SWITCH');
    if (stop.signal.aborted) return;
    const channel = new BroadcastChannel(topic);
    stop.signal.addEventListener('abort', () => channel.close());
    channel.addEventListener('message', event => {
      session = (event as MessageEvent).data?.newSessionId;
      openedIn(session).catch(onError);
    });
  }

  async function openedIn(focused: unknown): Promise<void> {
    const workItem = await Microsoft.Omnichannel.getConversationId();
    // A session without a conversation; or the agent has gone on, and the id is already another session's.
    if (typeof workItem !== 'string' || workItem === '' || focused !== session) return;
    const path = `/api/v1/work-items/${encodeURIComponent(workItem)}/agent-events`;
    for (const waitMs of [...waitsMs, undefined]) {
      if (stop.signal.aborted) return;
      const status = await post(url.replace(/\/+$/, '') + path);
      if (status < 300) return;
      // 404 and 409: Bluetick has not heard of it yet. 401: the token has ended. 0: there was no answer.
      const isHopeless = ![0, 401, 404, 408, 409, 429].includes(status) && status < 500;
      if (isHopeless || waitMs === undefined)
        throw new Error(`Bluetick was not told of a conversation: ${status}`);
      await new Promise(resolve => setTimeout(resolve, waitMs));
    }
  }

  async function post(address: string): Promise<number> {
    token ??= Promise.resolve(getToken());
    const used = token;
    try {
      const { status } = await fetch(address, {
        method: 'POST',
        credentials: 'omit',
        headers: { authorization: `Bearer ${await used}`, 'content-type': 'application/json' },
        body: '{"event":"opened"}',
        signal: stop.signal,
      });
      if (status === 401 && token === used) token = undefined;
      return status;
    } catch {
      if (token === used) token = undefined;
      return 0;
    }
  }

  listen().catch(onError);
  return () => stop.abort();
}
