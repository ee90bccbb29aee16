import { createHash } from 'node:crypto';
import type { InboundMessage } from '../../domain.ts';

/** The key that makes a redelivered message the same: a hash, so that it may outlive the message's erasure. */
export function dedupeKey({
  channel,
  business,
  key,
}: Pick<InboundMessage, 'channel' | 'business' | 'key'>): Buffer {
  return createHash('sha256').update(`${channel}\0${business}\0${key}`).digest().subarray(0, 16);
}
