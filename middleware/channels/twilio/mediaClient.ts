import type { Agent, Dispatcher } from 'undici';
import { ProviderError } from '../../errors.ts';
import type { MediaDownload } from '../../ports.ts';
import { isLoopback } from '../isLoopback.ts';
import { abortedFault, networkFault, timeoutFault } from '../transportFault.ts';
import { accountPath } from './api.ts';
import { classifyTwilioFault } from './faults.ts';
import type { CheckedOptions } from './options.ts';

/** How much of a refusal is read to find its code, in characters. */
const refusalLimit = 64 * 1024;

/** How often a file may be somewhere else: Twilio keeps files at other hosts, and says so by a redirect. */
const mostRedirects = 3;

/** What the parser of a webhook makes of a file's address: the message's id and its own. */
const mediaIdForm = /^([A-Z]{2}\w{1,64})\/([A-Z]{2}\w{1,64})$/;

/** Opens files that customers sent. */
export interface MediaClient {
  /**
   * Asks for a file and answers its bytes as they come. They must be read to the end, or `signal` be aborted: until then
   * a connection is held.
   *
   * @throws ProviderError
   */
  open(mediaId: string, signal: AbortSignal): Promise<MediaDownload>;
  /** Closes the connections; what is still being read ends with an error. */
  close(): Promise<void>;
}

/**
 * Makes one. Only Twilio's API is told who we are: where it sends us on, the request goes by https to a host that is not
 * this machine, and without credentials.
 */
export function createMediaClient({
  apiUrl,
  accountSid,
  authorization,
  timeoutMs,
  clock,
}: Pick<CheckedOptions, 'apiUrl' | 'accountSid' | 'authorization' | 'timeoutMs' | 'clock'>): MediaClient {
  let agent: Promise<Agent> | undefined;

  async function follow(url: URL, signal: AbortSignal, redirects = 0): Promise<Dispatcher.ResponseData> {
    agent ??= openAgent(timeoutMs);
    const isApi = url.origin === apiUrl.origin;
    const answer = await ask(await agent, url, isApi ? { authorization } : {}, { timeoutMs, signal });
    const { statusCode: status, headers } = answer;
    if (status === 200) return answer;
    const { location } = headers;
    if (status >= 300 && status <= 399 && typeof location === 'string') {
      await answer.body.dump().catch(() => {});
      const next = URL.parse(location, url.href);
      if (next === null || redirects === mostRedirects || !mayFollow(next, apiUrl)) throw foreignHost();
      return follow(next, signal, redirects + 1);
    }
    const body = await readRefusal(answer.body);
    if (isApi) throw classifyTwilioFault({ status, headers, body }, clock.now());
    throw refusedElsewhere(status);
  }

  return {
    async open(mediaId, signal) {
      const [, message, file] = mediaIdForm.exec(mediaId) ?? [];
      if (message === undefined || file === undefined) throw unknownFile();
      const url = new URL(apiUrl);
      url.pathname = `${accountPath(apiUrl, accountSid)}/Messages/${message}/Media/${file}`;
      const { headers, body } = await follow(url, signal);
      const { 'content-type': type, 'content-length': length } = headers;
      return {
        contentType: typeof type === 'string' ? type : 'application/octet-stream',
        ...(typeof length === 'string' && /^\d{1,15}$/.test(length) && { size: Number(length) }),
        body: readFile(body, signal),
      };
    },
    async close() {
      agent ??= openAgent(timeoutMs);
      await (await agent).destroy();
    },
  };
}

/** Whether a redirect of Twilio's is followed. Where the API is on this machine, for tests and proxies, so may be the file. */
export function mayFollow({ protocol, hostname, username }: URL, apiUrl: URL): boolean {
  if (username !== '') return false;
  if (isLoopback(hostname)) return isLoopback(apiUrl.hostname);
  return protocol === 'https:';
}

/** undici is loaded with the first file: a start has no use for it. */
async function openAgent(timeoutMs: number): Promise<Agent> {
  const { Agent } = await import('undici');
  // The limits are for silence: a large file may take longer in all.
  return new Agent({ connect: { timeout: timeoutMs }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
}

async function ask(
  agent: Agent,
  { origin, pathname, search }: URL,
  headers: Readonly<Record<string, string>>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const late = new AbortController();
  const deadline = setTimeout(() => late.abort(), timeoutMs);
  const stop = AbortSignal.any([signal, late.signal]);
  const stopped = Promise.withResolvers<never>();
  const onStop = () => stopped.reject(stop.reason);
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  try {
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

function unknownFile(): ProviderError {
  return new ProviderError('That is the id of no file of Twilio’s', {
    fault: 'permanent',
    is: 'unknown_target',
    providerCode: 'unknown_media',
  });
}

function foreignHost(): ProviderError {
  return new ProviderError('The file lies where it is not fetched from', {
    fault: 'permanent',
    is: 'media_refused',
    providerCode: 'foreign_media_host',
  });
}

/** The host that Twilio sent us to is not Twilio: its refusal says nothing about our account. */
function refusedElsewhere(status: number): ProviderError {
  const passing = status === 429 || status >= 500;
  return new ProviderError(`The host of the file refused it (http_${status})`, {
    fault: passing ? 'transient' : 'permanent',
    is: passing ? 'provider_unavailable' : 'media_refused',
    providerCode: `http_${status}`,
  });
}

/** Reading a file changes nothing at Twilio's, so no fault here leaves anything open. */
function faultOf(cause: unknown, signal: AbortSignal, late: boolean): ProviderError {
  const state = { provider: 'Twilio', started: false, cause };
  if (signal.aborted) return abortedFault(state);
  const timedOut = cause instanceof Error && 'code' in cause && /_TIMEOUT$/.test(String(cause.code));
  return late || timedOut ? timeoutFault(state) : networkFault(state);
}
