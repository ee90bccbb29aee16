import { z } from 'zod';
import type { ChannelEvents } from '../../../domain.ts';
import { type Reading, reasonOf } from '../../reading.ts';
import { id, instant, phoneNumber } from '../fields.ts';
import { levels } from '../levels.ts';

const event = z.looseObject({
  agentId: id,
  senderPhoneNumber: phoneNumber,
  eventType: z.string().min(1).max(64),
  eventId: id,
  messageId: id.optional(),
  sendTime: instant.optional(),
});

/**
 * Reads an event of a user's (`UserEvent`): what became of a message of ours, that the user writes, or that the agent is
 * wanted or not any more. The id of our message is one that we chose: it finds the message before its call is answered.
 */
export function readUserEvent(item: unknown, now: number): Reading<Partial<ChannelEvents>> {
  const read = event.safeParse(item);
  if (!read.success) return { reason: reasonOf('event', read.error) };
  const { agentId: business, senderPhoneNumber: customer, eventType, eventId, messageId } = read.data;
  const { sendTime: at = now } = read.data;
  const address = { channel: 'google', business, customer } as const;
  if (eventType === 'IS_TYPING') return { item: { typing: [{ ...address, at, typing: true }] } };
  if (messageId !== undefined) {
    const means = levels.get(eventType) ?? 'unknown';
    const status = { providerId: messageId, correlation: messageId, status: eventType, means, at } as const;
    return { item: { acknowledgements: [{ ...address, ...status }] } };
  }
  if (levels.has(eventType)) return { reason: `event of type ${eventType} names no message` };
  const content = { type: eventType };
  return { item: { messages: [{ ...address, kind: 'system', key: eventId, sentAt: at, content }] } };
}
