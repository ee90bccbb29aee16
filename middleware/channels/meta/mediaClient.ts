import type { Agent, Dispatcher } from 'undici';
import { ProviderError } from '../../errors.ts';
import type { MediaDownload } from '../../ports.ts';
import { abortedFault, networkFault, timeoutFault } from '../transportFault.ts';
import { classifyFault } from './faults.ts';
import { isMediaUrl } from './isMediaUrl.ts';
import type { CheckedOptions } from './options.ts';

/** How much of a refusal is read to find its code, in characters. */
const refusalLimit = 64 * 1024;

/** Opens files at Meta's. */
export interface MediaClient {
  /**
   * Asks for a file and answers its bytes as they come. They must be read to the end, or `signal` be aborted:
   * until then a connection is held.
   *
   * @throws ProviderError
   */
  open(url: URL, signal: AbortSignal): Promise<MediaDownload['body']>;
  /** Closes the connections; what is still being read ends with an error. */
  close(): Promise<void>;
}

/** Makes a client for Meta's media hosts, and for the Graph origin itself: the simulator keeps its files there. */
export function createMediaClient({
  graphUrl,
  accessToken,
  timeoutMs,
  clock,
}: Pick<CheckedOptions, 'graphUrl' | 'accessToken' | 'timeoutMs' | 'clock'>): MediaClient {
  let agent: Promise<Agent> | undefined;
  return {
    async open(url, signal) {
      if (!isMediaUrl(url, graphUrl)) {
        throw new ProviderError('The address of the file is not one of Meta’s', {
          fault: 'permanent',
          providerCode: 'foreign_media_host',
        });
      }
      agent ??= openAgent(timeoutMs);
      const answer = await ask(await agent, url, { accessToken, timeoutMs, signal });
      if (answer.statusCode === 200) return readFile(answer.body, signal);
      const retryAfter = answer.headers['retry-after'];
      const body = await readRefusal(answer.body);
      throw classifyFault({ status: answer.statusCode, retryAfter, body, now: clock.now() });
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
  return new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}

/** Redirects are not followed: `request` leaves them to its caller, and a 302 is a refusal to us. */
async function ask(
  agent: Agent,
  url: URL,
  options: { readonly accessToken: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const { accessToken, timeoutMs, signal } = options;
  const late = new AbortController();
  const deadline = setTimeout(() => late.abort(), timeoutMs);
  const stop = AbortSignal.any([signal, late.signal]);
  const stopped = Promise.withResolvers<never>();
  const onStop = () => stopped.reject(stop.reason);
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  try {
    const headers = { authorization: `Bearer ${accessToken}` };
    const { origin, pathname, search } = url;
    // Raced, because a request that still waits for a connection does not end by its signal.
    const answer = agent.request({ origin, path: pathname + search, method: 'GET', headers, signal: stop });
    answer.catch(() => {});
    return await Promise.race([answer, stopped.promise]);
  } catch (cause) {
    throw faultOf(cause, signal, late.signal.aborted);
  } finally {
    clearTimeout(deadline);
    stop.removeEventListener('abort', onStop);
  }
}

async function* readFile(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw faultOf(cause, signal, false);
  }
}

async function readRefusal(body: Dispatcher.ResponseData['body']): Promise<string> {
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

/** Reading a file changes nothing at Meta's, so no fault here leaves anything open. */
function faultOf(cause: unknown, signal: AbortSignal, late: boolean): ProviderError {
  const state = { provider: 'Meta', started: false, cause };
  if (signal.aborted) return abortedFault(state);
  const timedOut = cause instanceof Error && 'code' in cause && /_TIMEOUT$/.test(String(cause.code));
  return late || timedOut ? timeoutFault(state) : networkFault(state);
}
