import { z } from 'zod';
import type { ChannelEvents } from '../../../domain.ts';
import { type Reading, reasonOf } from '../../reading.ts';
import { id, instant, phoneNumber } from '../fields.ts';

const event = z.looseObject({
  agentId: id,
  phoneNumber,
  eventType: z.string().min(1).max(64),
  messageId: id,
  sendTime: instant.optional(),
});

/**
 * Reads an event of the platform's about a message of ours (`ServerEvent`). One that expired and was taken back has failed;
 * one that could not be taken back may be delivered yet, so that says nothing, and is kept.
 */
export function readServerEvent(item: unknown, now: number): Reading<Partial<ChannelEvents>> {
  const read = event.safeParse(item);
  if (!read.success) return { reason: reasonOf('event', read.error) };
  const {
    agentId: business,
    phoneNumber: customer,
    eventType: status,
    messageId,
    sendTime: at = now,
  } = read.data;
  const revoked = status === 'TTL_EXPIRATION_REVOKED';
  const acknowledgement = {
    channel: 'google',
    business,
    customer,
    providerId: messageId,
    correlation: messageId,
    status,
    means: revoked ? 'failed' : 'unknown',
    at,
    ...(revoked && { failures: [{ code: status }] }),
  } as const;
  return { item: { acknowledgements: [acknowledgement] } };
}
