import { api } from '../base/api.ts';
import type { PageOf } from './views.ts';

/** Receipts that are looked through for the message: those that are held are new. */
const lookback = 100;

/**
 * Marks a customer's message read now, with what is held before it.
 *
 * @param ref our id of it
 * @throws ApiError, TypeError as `api.ask` does
 */
export async function markRead(conversation: string, channel: string, ref: string): Promise<void> {
  const path = `/api/v1/conversations/${encodeURIComponent(conversation)}/receipts?limit=${lookback}`;
  const { items } = await api.ask<PageOf<{ ref: string; messageId: string | null }>>(path);
  const messageId = items.find(each => each.ref === ref)?.messageId;
  if (!messageId) throw new Error('The message has no id at its provider');
  await api.ask('/api/v1/receipts', { method: 'POST', body: { channel, messageId, includeHeld: true } });
}
