import type { IncomingHttpHeaders } from 'node:http';
import type { Agent, Dispatcher } from 'undici';
import type { ProviderError } from '../errors.ts';
import { abortedFault, networkFault, timeoutFault } from './transportFault.ts';

/** How much of a refusal is read to find its code, in characters. */
const refusalLimit = 64 * 1024;

/** What a client for files is made of. */
export interface FileClientOptions {
  /** The provider's name, for error messages. */
  readonly provider: string;
  /** How long an answer may take to begin, and how long its bytes may be silent, in milliseconds. */
  readonly timeoutMs: number;
}

/** An answer, of which the head has come. One of its three ends must be used: until then a connection is held. */
export interface FileAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its bytes as they come: read to the end, or left early. They throw a `ProviderError`. */
  readonly body: AsyncIterable<Uint8Array>;
  /** What it says of a refusal, as far as that is needed to find a code in it. Never rejects. */
  refusal(): Promise<string>;
  /** Leaves the body unread. */
  drop(): Promise<void>;
}

/** Fetches files from whatever host they lie at. */
export interface FileClient {
  /**
   * Asks for a file. Redirects are answers like any other and are not followed: they would carry credentials away.
   *
   * @throws ProviderError `timeout`, `network` or `aborted`; nothing is left open by it, as reading changes nothing
   */
  get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<FileAnswer>;
  /** Closes the connections; what is still being read ends with an error. */
  close(): Promise<void>;
}

/** Makes one, on connections of its own: a file that takes long must not keep calls waiting. */
export function createFileClient({ provider, timeoutMs }: FileClientOptions): FileClient {
  let agent: Promise<Agent> | undefined;
  const faultOf = (cause: unknown, signal: AbortSignal, late: boolean): ProviderError => {
    const state = { provider, started: false, cause };
    if (signal.aborted) return abortedFault(state);
    const timedOut = cause instanceof Error && 'code' in cause && /_TIMEOUT$/.test(String(cause.code));
    return late || timedOut ? timeoutFault(state) : networkFault(state);
  };

  async function ask(
    { origin, pathname, search }: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    agent ??= openAgent(timeoutMs);
    const connections = await agent;
    const late = new AbortController();
    const deadline = setTimeout(() => late.abort(), timeoutMs);
    const stop = AbortSignal.any([signal, late.signal]);
    const stopped = Promise.withResolvers<never>();
    const onStop = () => stopped.reject(stop.reason);
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });
    try {
      const path = pathname + search;
      // Raced, because a request that still waits for a connection does not end by its signal.
      const answer = connections.request({ origin, path, method: 'GET', headers, signal: stop });
      answer.catch(() => {});
      return await Promise.race([answer, stopped.promise]);
    } catch (cause) {
      throw faultOf(cause, signal, late.signal.aborted);
    } finally {
      clearTimeout(deadline);
      stop.removeEventListener('abort', onStop);
    }
  }

  async function* read(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (cause) {
      throw faultOf(cause, signal, false);
    }
  }

  return {
    async get(url, headers, signal) {
      const { statusCode: status, headers: answered, body } = await ask(url, headers, signal);
      return {
        status,
        headers: answered,
        body: read(body, signal),
        refusal: () => readRefusal(body),
        drop: () => body.dump().catch(() => {}),
      };
    },
    async close() {
      agent ??= openAgent(timeoutMs);
      await (await agent).destroy();
    },
  };
}

/** undici is loaded with the first file: a start has no use for it. */
async function openAgent(timeoutMs: number): Promise<Agent> {
  const { Agent } = await import('undici');
  // The limits are for silence: a large file may take longer in all.
  return new Agent({ connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
}

async function readRefusal(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  try {
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString('utf8');
      // Leaving the loop ends the body, and with it the connection.
      if (text.length > refusalLimit) break;
    }
  } catch {
    // What came before the break may hold the code; if not, the status speaks.
  }
  return text;
}
