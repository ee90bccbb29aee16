import { matchesHmac } from '../matchesHmac.ts';

/** The whole of the header, as WAHA writes it: lower-case hex. Other spellings are not WAHA's. */
const form = /^[0-9a-f]{128}$/;

/**
 * Whether a webhook was signed by the holder of one of the keys (`X-Webhook-Hmac`, WAHA-DOCS, webhook security).
 *
 * 1. There is exactly one header, of exactly the form of 128 lower-case hex digits. The algorithm is ours to choose, so
 *    `X-Webhook-Hmac-Algorithm` is not asked.
 * 2. It holds the HMAC-SHA512 of the body's raw bytes. `X-Webhook-Timestamp` is not covered: a webhook that comes again is
 *    known by what it holds.
 * 3. While a key is rotated, older ones count too, and every one is tried.
 * 4. The comparison takes the same time wherever the digests differ.
 *
 * @param body the body as it came, before anything decoded it
 * @param header the header's value; an array if it came twice, which is refused
 * @param secrets the keys, none of them empty
 * @throws BluetickError `invalid_configuration` if there is no key, or an empty one
 */
export function verifyWebhookHmac(
  body: Buffer,
  header: string | string[] | undefined,
  secrets: readonly string[],
): boolean {
  const wellFormed = typeof header === 'string' && form.test(header);
  // A header of another form is compared too, against nothing: an empty key is refused whatever comes in.
  const digest = Buffer.from(wellFormed ? header : '', 'hex');
  return matchesHmac(body, digest, { algorithm: 'sha512', secrets });
}
