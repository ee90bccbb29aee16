import { z } from 'zod';
import type { InboundMessage } from '../../domain.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { messageId, phoneNumber, timestamp, userId } from './fields.ts';
import type { Surroundings } from './readMessage.ts';

const echo = z.looseObject({
  id: messageId,
  timestamp,
  type: z.string().min(1).max(64),
  to: phoneNumber.optional().catch(undefined),
  to_user_id: userId.optional().catch(undefined),
  text: z.looseObject({ body: z.string() }).optional().catch(undefined),
});

/**
 * Reads one element of `message_echoes`: what the business itself wrote in the WhatsApp Business app, beside the
 * API (`smb_message_echoes` page). It owes no receipt and starts no turn, but tells that a human has answered.
 */
export function readEcho(item: unknown, { channel, business }: Surroundings): Reading<InboundMessage> {
  const read = echo.safeParse(item);
  if (!read.success) return { reason: reasonOf('echo', read.error) };
  const { id, timestamp, type, to, to_user_id, text } = read.data;
  const customer = to ?? to_user_id;
  if (customer === undefined) return { reason: 'echo names no recipient' };
  const content = text === undefined ? { type } : { text: text.body, type };
  return {
    item: { channel, business, customer, kind: 'echo', providerId: id, key: id, sentAt: timestamp, content },
  };
}
