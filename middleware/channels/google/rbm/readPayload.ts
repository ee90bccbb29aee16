import { z } from 'zod';
import type { ChannelEvents } from '../../../domain.ts';
import { noEvents, reasonOf } from '../../reading.ts';
import { id } from '../fields.ts';
import { readServerEvent } from './readServerEvent.ts';
import { readUserEvent } from './readUserEvent.ts';
import { readUserMessage } from './readUserMessage.ts';

/** What tells the three kinds of payload apart. */
const payloadForm = z.looseObject({
  agentId: id.optional().catch(undefined),
  senderPhoneNumber: z.unknown().optional(),
  phoneNumber: z.unknown().optional(),
  eventType: z.unknown().optional(),
});

/**
 * Reads what `message.data` decodes to: one message of a user, one event of a user's, or one of the platform's about a
 * message. The platform tells of agents too, such as that one was launched: that is passed over.
 *
 * @param now for what tells no time, as Google's examples of events, in Unix milliseconds
 */
export function readPayload(payload: unknown, now: number): ChannelEvents {
  const read = payloadForm.safeParse(payload);
  if (!read.success) return reject(reasonOf('payload', read.error), payload);
  const { agentId, senderPhoneNumber, phoneNumber, eventType } = read.data;
  const isEvent = eventType !== undefined;
  if (isEvent && senderPhoneNumber === undefined && phoneNumber === undefined)
    return { ...noEvents, ignored: ['the event is about an agent, not about a customer'] };
  const reader = !isEvent
    ? readUserMessage
    : senderPhoneNumber === undefined
      ? readServerEvent
      : readUserEvent;
  const reading = reader(payload, now);
  return 'item' in reading ? { ...noEvents, ...reading.item } : reject(reading.reason, payload, agentId);
}

function reject(reason: string, item: unknown, business?: string): ChannelEvents {
  return { ...noEvents, rejected: [{ reason, item, ...(business !== undefined && { business }) }] };
}
