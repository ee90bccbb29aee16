import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether no page of another site sent a request, as far as browsers tell: by `Origin`, which programs do not send, and by
 * `Sec-Fetch-Site`, which older browsers do not.
 *
 * @param publicUrl `PUBLIC_URL`: its pages are ours, and those of the address by which the host was asked, over http
 */
export function isOwnPage(
  { origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders,
  publicUrl: string | undefined,
): boolean {
  const own = publicUrl === undefined ? undefined : new URL(publicUrl).origin;
  const isOwnOrigin = origin === undefined || origin === own || origin === `http://${host}`;
  return isOwnOrigin && (site === undefined || site === 'same-origin' || site === 'none');
}
