import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What ACS signs with an access key: everything is taken as it is on the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly host: string;
  /** `x-ms-date`. */
  readonly date: string;
  readonly body: Buffer;
}

/** The hash in `x-ms-content-sha256`. */
export function contentHash(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64');
}

/** The signature by an access key (facts, 1.2), written apart from the SDK; vector 8.1 is in the stand-in's tests. */
export function acsSignature({ method, path, host, date, body }: SignedRequest, accessKey: string): string {
  const text = `${method}\n${path}\n${date};${host};${contentHash(body)}`;
  return createHmac('sha256', Buffer.from(accessKey, 'base64')).update(text, 'utf8').digest('base64');
}

/** Whether a request is signed with the key: date, host and body, under the documented header. */
export function isSigned(
  { method, path, body }: Pick<SignedRequest, 'method' | 'path' | 'body'>,
  headers: IncomingHttpHeaders,
  accessKey: string,
): boolean {
  const { host = '', authorization = '', 'x-ms-date': date, 'x-ms-content-sha256': hash } = headers;
  if (typeof date !== 'string' || new Date(date).toUTCString() !== date) return false;
  if (hash !== contentHash(body)) return false;
  const signature = acsSignature({ method, path, host, date, body }, accessKey);
  const expected = `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`;
  return (
    authorization.length === expected.length &&
    timingSafeEqual(Buffer.from(authorization), Buffer.from(expected))
  );
}
