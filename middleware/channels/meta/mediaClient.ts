import { ProviderError } from '../../errors.ts';
import type { MediaDownload } from '../../ports.ts';
import { createFileClient } from '../fileClient.ts';
import { classifyFault } from './faults.ts';
import { isMediaUrl } from './isMediaUrl.ts';
import type { CheckedOptions } from './options.ts';

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
  const files = createFileClient({ provider: 'Meta', timeoutMs });
  return {
    async open(url, signal) {
      if (!isMediaUrl(url, graphUrl)) {
        throw new ProviderError('The address of the file is not one of Meta’s', {
          fault: 'permanent',
          is: 'media_refused',
          providerCode: 'foreign_media_host',
        });
      }
      const answer = await files.get(url, { authorization: `Bearer ${accessToken}` }, signal);
      const { status, headers } = answer;
      if (status === 200) return answer.body;
      const body = await answer.refusal();
      throw classifyFault({ status, retryAfter: headers['retry-after'], body, now: clock.now() });
    },
    close: () => files.close(),
  };
}
