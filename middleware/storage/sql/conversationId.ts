import { randomFillSync } from 'node:crypto';

const bytesEach = 12;
/** Random bytes for the next ids: asked for one by one, they took a twentieth of what a first message costs the store. */
const pool = Buffer.alloc(256 * bytesEach);
let used = pool.length;

/** The id of a new conversation: `c_` and 16 letters, which nobody can guess. */
export function conversationId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytesEach;
  return `c_${pool.toString('base64url', used - bytesEach, used)}`;
}
