import { ProviderError } from '../../errors.ts';
import { isLoopback } from '../../isLoopback.ts';
import type { MediaDownload } from '../../ports.ts';
import { createFileClient, type FileAnswer } from '../fileClient.ts';
import { accountPath } from './api.ts';
import { cannotCall, classifyTwilioFault } from './faults.ts';
import type { CheckedOptions } from './options.ts';

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
  const files = createFileClient({ provider: 'Twilio', timeoutMs });

  async function follow(url: URL, signal: AbortSignal, redirects = 0): Promise<FileAnswer> {
    const isApi = url.origin === apiUrl.origin;
    const answer = await files.get(url, isApi ? { authorization } : {}, signal);
    const { status, headers } = answer;
    if (status === 200) return answer;
    const { location } = headers;
    if (status >= 300 && status <= 399 && location !== undefined) {
      await answer.drop();
      const next = URL.parse(location, url.href);
      if (next === null || redirects === mostRedirects || !mayFollow(next, apiUrl)) throw foreignHost();
      return follow(next, signal, redirects + 1);
    }
    const body = await answer.refusal();
    if (isApi) throw classifyTwilioFault({ status, headers, body }, clock.now());
    throw refusedElsewhere(status);
  }

  return {
    async open(mediaId, signal) {
      const [, message, file] = mediaIdForm.exec(mediaId) ?? [];
      if (message === undefined || file === undefined)
        throw cannotCall('unknown_media', 'That is the id of no file of Twilio’s', 'unknown_target');
      const url = new URL(apiUrl);
      url.pathname = `${accountPath(apiUrl, accountSid)}/Messages/${message}/Media/${file}`;
      const { headers, body } = await follow(url, signal);
      const { 'content-type': type, 'content-length': length } = headers;
      return {
        contentType: type ?? 'application/octet-stream',
        ...(length !== undefined && /^\d{1,15}$/.test(length) && { size: Number(length) }),
        body,
      };
    },
    close: () => files.close(),
  };
}

/** Whether a redirect of Twilio's is followed. Where the API is on this machine, for tests and proxies, so may be the file. */
export function mayFollow({ protocol, hostname, username }: URL, apiUrl: URL): boolean {
  if (username !== '') return false;
  if (isLoopback(hostname)) return isLoopback(apiUrl.hostname);
  return protocol === 'https:';
}

function foreignHost(): ProviderError {
  return cannotCall('foreign_media_host', 'The file lies where it is not fetched from', 'media_refused');
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
