import { ApiError, api } from '../base/api.ts';
import type { MediaView } from './views.ts';

/** A file that the host has taken, for a message to name. */
export interface Uploaded {
  readonly url: string;
  readonly type: MediaView['type'];
  readonly contentType: string;
  readonly fileName: string;
  readonly size: number;
}

/**
 * Gives a file to the host. `fetch` tells nothing of how far it is, so this is the older way.
 *
 * @param tell how much of it is there, from 0 to 1
 * @returns rejects with ApiError where the host does not take it; TypeError where it cannot be reached; `signal.reason`
 */
export function upload(file: File, tell: (part: number) => void, signal: AbortSignal): Promise<Uploaded> {
  const { promise, resolve, reject } = Promise.withResolvers<Uploaded>();
  const request = new XMLHttpRequest();
  request.open('POST', '/api/v1/uploads');
  request.responseType = 'json';
  request.setRequestHeader('content-type', file.type || 'application/octet-stream');
  request.setRequestHeader('x-file-name', encodeURIComponent(file.name));
  request.setRequestHeader('x-csrf-token', api.session?.csrf ?? '');
  request.upload.onprogress = ({ loaded, total }) => tell(total === 0 ? 1 : loaded / total);
  request.onload = () => {
    const { status, response } = request;
    if (status === 401) api.ended();
    if (status >= 200 && status < 300) resolve(response);
    else reject(new ApiError(status, response?.error ?? { code: 'unknown', message: request.statusText }));
  };
  request.onerror = () => reject(new TypeError('The host cannot be reached'));
  request.onabort = () => reject(signal.reason);
  signal.addEventListener('abort', () => request.abort(), { once: true });
  request.send(file);
  return promise;
}
