import { matchesHmac } from '../matchesHmac.ts';

/** 64 bytes in base64. */
const form = /^[A-Za-z0-9+/]{86}==$/;

/**
 * Whether a webhook was signed by the holder of one of the client tokens (`X-Goog-Signature`, RBM).
 *
 * 1. There is exactly one header: 64 bytes in base64, as an encoder writes it.
 * 2. It holds the HMAC-SHA512 of the signed bytes: of RCS for Business what `message.data` decodes to, of Business Messages
 *    the body.
 * 3. The client token is the key; while it is rotated, older ones count too, and every one is tried.
 * 4. The comparison takes the same time wherever the digests differ.
 *
 * @param signed the bytes that the signature is of
 * @param header the header's value; an array if it came twice, which is refused
 * @param clientTokens none of them empty
 * @throws BluetickError `invalid_configuration` if there is no token, or an empty one
 */
export function verifyGoogSignature(
  signed: Buffer,
  header: string | string[] | undefined,
  clientTokens: readonly string[],
): boolean {
  const digest = Buffer.from(typeof header === 'string' && form.test(header) ? header : '', 'base64');
  // Four bits of the last character say nothing: of the sixteen spellings of a digest one is Google's.
  const known = digest.toString('base64') === header ? digest : Buffer.alloc(0);
  return matchesHmac(signed, known, { algorithm: 'sha512', secrets: clientTokens });
}
