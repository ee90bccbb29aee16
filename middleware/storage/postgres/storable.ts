import type { Value } from '../sql/sql.ts';

/**
 * A value as PostgreSQL takes it. Its text has no place for the character NUL, which a provider may send all the same: it
 * becomes U+FFFD, as what is no character does elsewhere. Without that the webhook would be refused each time it comes.
 */
export function storable<T extends Value>(value: T): T | string {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
