import { BluetickError } from '../errors.ts';
import type { RawRequest } from '../ports.ts';
import { sameSecret } from './sameSecret.ts';

/**
 * Whether a webhook holds one of the secrets, for providers that do not sign: in the header `x-webhook-secret`, or,
 * where there is none, in the query parameter `code`.
 *
 * 1. At least one secret, none of them empty.
 * 2. The header is there once at most.
 * 3. Every secret is tried, also after a match, each in constant time: the time does not tell which one matched.
 *
 * @param secrets the current one first, then those that are still valid
 * @throws BluetickError `invalid_configuration` by rule 1
 */
export function holdsSharedSecret(
  { headers, query }: Pick<RawRequest, 'headers' | 'query'>,
  secrets: readonly string[],
): boolean {
  if (secrets.length === 0 || secrets.includes('')) {
    throw new BluetickError('invalid_configuration', 'A webhook cannot be checked with an empty secret');
  }
  const header = headers['x-webhook-secret'];
  if (Array.isArray(header)) return false;
  const given = header ?? query.code ?? '';
  return secrets.map(secret => sameSecret(given, secret)).includes(true);
}
