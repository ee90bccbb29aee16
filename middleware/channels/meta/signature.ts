import { matchesHmac } from '../matchesHmac.ts';

/** The whole of the header, as Meta writes it: lower-case hex. Other spellings are not Meta's. */
const form = /^sha256=[0-9a-f]{64}$/;

/**
 * Whether a webhook was signed by the holder of one of the app secrets (`X-Hub-Signature-256`, META-ENDPOINT).
 *
 * 1. There is exactly one header, of exactly the form `sha256=` and 64 lower-case hex digits.
 * 2. It holds the HMAC-SHA256 of the body's raw bytes: what was decoded and written again may differ in a byte.
 * 3. The app secret is the key; while it is rotated, older ones count too, and every one is tried.
 * 4. The comparison takes the same time wherever the digests differ.
 *
 * @param body the body as it came, before anything decoded it
 * @param header the header's value; an array if it came twice, which is refused
 * @param secrets the app secrets, none of them empty
 * @throws BluetickError `invalid_configuration` if there is no secret, or an empty one
 */
export function verifyHubSignature(
  body: Buffer,
  header: string | string[] | undefined,
  secrets: readonly string[],
): boolean {
  const wellFormed = typeof header === 'string' && form.test(header);
  // A header of another form is compared too, against nothing: an empty secret is refused whatever comes in.
  const digest = Buffer.from(wellFormed ? header.slice('sha256='.length) : '', 'hex');
  return matchesHmac(body, digest, { algorithm: 'sha256', secrets });
}
