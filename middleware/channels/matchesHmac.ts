import { createHmac, timingSafeEqual } from 'node:crypto';
import { BluetickError } from '../errors.ts';

/** How a provider signs: the hash, and the secrets that count while one is rotated. */
export interface HmacRule {
  /** Meta uses sha256, Twilio sha1, WAHA and Google sha512. */
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  /** The current secret first, then those that are still valid. */
  readonly secrets: readonly string[];
}

/**
 * Whether `digest` is the HMAC of `data` under one of the secrets.
 *
 * 1. At least one secret, none of them empty: anybody can compute an HMAC under an empty key.
 * 2. Every secret is tried, also after a match: the time does not tell which one matched.
 * 3. Digests are compared in constant time; one of another length matches nothing.
 *
 * @throws BluetickError `invalid_configuration` by rule 1
 */
export function matchesHmac(data: Buffer, digest: Buffer, { algorithm, secrets }: HmacRule): boolean {
  if (secrets.length === 0 || secrets.includes('')) {
    throw new BluetickError('invalid_configuration', 'A signature cannot be checked with an empty secret');
  }
  let matched = false;
  for (const secret of secrets) {
    const expected = createHmac(algorithm, secret).update(data).digest();
    const same = expected.length === digest.length && timingSafeEqual(expected, digest);
    matched = same || matched;
  }
  return matched;
}
