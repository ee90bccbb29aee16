import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKeys } from './derivedKeys.ts';

/** Tells which of the administrator's keys was sent, by a name that says nothing of it; `undefined`: none of them. */
export type KeyCheck = (sent: string) => string | undefined;

/**
 * Makes the check of the administrator's keys. Only their hashes are compared, every one of them and each in constant time,
 * whatever was sent.
 */
export function keyCheck(apiKeys: ApiKeys): KeyCheck {
  const digest = (key: string) => createHash('sha256').update(key).digest();
  let known: { readonly of: readonly string[]; readonly digests: readonly Buffer[] } | undefined;
  return sent => {
    const of = apiKeys();
    if (known?.of !== of) known = { of, digests: of.map(digest) };
    const given = digest(sent);
    const found = known.digests.filter(each => timingSafeEqual(given, each));
    return found[0]?.toString('hex').slice(0, 16);
  };
}
