/** What Google posts to a webhook, in both formats, and how it signs. */
import { createHmac } from 'node:crypto';

/** The signature of some bytes (`X-Goog-Signature`). */
export function signGoogle(signed: Buffer | string, clientToken: string): string {
  return createHmac('sha512', clientToken).update(signed).digest('base64');
}

/** The envelope of RCS for Business. */
export function inEnvelope(payload: Buffer | string): string {
  return JSON.stringify({ message: { data: Buffer.from(payload).toString('base64') } });
}

/** A webhook of RCS for Business: its body, and its headers under a client token. */
export function rbmWebhook(payload: object | string, clientToken: string) {
  const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return {
    body: Buffer.from(inEnvelope(data)),
    headers: { 'x-goog-signature': signGoogle(data, clientToken), 'content-type': 'application/json' },
  };
}

/** A webhook of Business Messages: its body, and its headers under a client token. */
export function businessMessagesWebhook(payload: object | string, clientToken: string) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    body,
    headers: { 'x-goog-signature': signGoogle(body, clientToken), 'content-type': 'application/json' },
  };
}

/** `2014-10-02T15:01:23.045000000Z`: Google writes up to nine decimals. */
export function googleTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000000Z');
}

/** Delivers a webhook; answers the endpoint's response. */
export function deliver(
  url: string,
  { body, headers }: { readonly body: Buffer; readonly headers: Record<string, string> },
): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
}
