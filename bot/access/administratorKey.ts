import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Makes the check of the administrator's key. Only its hash is kept, and the comparison takes the same time whatever was
 * sent.
 */
export function keyCheck(apiKey: string): (sent: string) => boolean {
  const digest = (key: string) => createHash('sha256').update(key).digest();
  const expected = digest(apiKey);
  return sent => timingSafeEqual(digest(sent), expected);
}
