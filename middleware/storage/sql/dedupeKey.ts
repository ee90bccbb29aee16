import { hash } from 'node:crypto';
import type { InboundMessage } from '../../domain.ts';

/** The key that makes a redelivered message the same: a hash, so that it may outlive the message's erasure. */
export function dedupeKey({
  channel,
  business,
  key,
}: Pick<InboundMessage, 'channel' | 'business' | 'key'>): Buffer {
  return hash('sha256', `${channel}\0${business}\0${key}`, 'buffer').subarray(0, 16);
}
