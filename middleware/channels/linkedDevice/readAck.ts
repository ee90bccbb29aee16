import { z } from 'zod';
import type { StatusMeaning } from '../../domain.ts';
import type { LinkedEvent } from './event.ts';
import { type EventReading, malformed, withCustomer } from './eventReading.ts';
import { chatId, maybe, messageId } from './fields.ts';
import { splitMessageId } from './messageIds.ts';
import { otherEnd } from './otherEnd.ts';

const ack = z.looseObject({
  id: messageId,
  /** Wawp's name for the chat, where WAHA has `from`. */
  chatId: maybe(chatId),
  from: maybe(chatId),
  to: maybe(chatId),
  fromMe: maybe(z.boolean()),
  ack: maybe(z.int()),
  ackName: maybe(z.string().min(1).max(64)),
});

/** The names (WAHA-DOCS), by their numbers from -1 on. */
const byNumber = ['ERROR', 'PENDING', 'SERVER', 'DEVICE', 'READ', 'PLAYED'];

/** What each name means, in both vocabularies: Wawp's page on `message.ack` has words of its own. */
const meanings: ReadonlyMap<string, StatusMeaning> = new Map<string, StatusMeaning>([
  ['ERROR', 'failed'],
  ['PENDING', 'accepted'],
  ['SERVER', 'sent'],
  ['ACK_SENT', 'sent'],
  ['DEVICE', 'delivered'],
  ['ACK_DELIVERED', 'delivered'],
  ['READ', 'read'],
  ['ACK_READ', 'read'],
  ['PLAYED', 'played'],
]);

/**
 * Reads `message.ack` and `message.ack.group`, by what they hold rather than by their names: the documented example of the
 * second is called as the first. The name of a status counts, and its number only where the name says nothing: in one of
 * Wawp's own examples the two do not agree.
 */
export function readAck(event: LinkedEvent): EventReading {
  const { channel, business, name, at, payload } = event;
  const read = ack.safeParse(payload);
  if (!read.success) return malformed(name, read.error);
  const { id, chatId: chat, from, to, fromMe, ack: number, ackName } = read.data;
  const isTheirs = splitMessageId(id)?.fromMe === false || fromMe === false;
  if (isTheirs) return { item: { ignored: [`${name} is about a message of the customer’s`] } };
  const word = ackName !== undefined && meanings.has(ackName) ? ackName : byNumber[(number ?? -2) + 1];
  const status = word ?? ackName ?? 'UNKNOWN';
  const means = meanings.get(status) ?? 'unknown';
  return withCustomer(name, otherEnd(event, { id, ends: [chat, from, to] }), customer => ({
    item: {
      acknowledgements: [
        {
          channel,
          business,
          providerId: id,
          status,
          means,
          at,
          customer,
          ...(means === 'failed' && { failures: [{ code: 'ERROR' }] }),
        },
      ],
    },
  }));
}
