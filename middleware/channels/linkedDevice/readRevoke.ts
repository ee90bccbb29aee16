import { z } from 'zod';
import { readChat } from './chats.ts';
import { eventKey, type LinkedEvent } from './event.ts';
import { type EventReading, malformed, withCustomer } from './eventReading.ts';
import { chatId, maybe, messageId, seconds } from './fields.ts';
import { fullMessageId, splitMessageId } from './messageIds.ts';
import { otherEnd } from './otherEnd.ts';

const about = z.looseObject({
  id: messageId,
  from: maybe(chatId),
  to: maybe(chatId),
  fromMe: maybe(z.boolean()),
  timestamp: maybe(seconds),
});

/** WAHA's form: `after` is the act of taking back, and the message taken back is named without its chat. */
const byWaha = z
  .looseObject({ after: maybe(about), revokedMessageId: messageId, before: maybe(about) })
  .transform(({ after, before, revokedMessageId }, context) => {
    const act = after ?? before;
    if (act === undefined) {
      context.addIssue({ code: 'custom', message: 'missing', path: ['after'] });
      return z.NEVER;
    }
    return { ...act, revoked: before?.id ?? fullMessageId(act.id, revokedMessageId) };
  });

/** Wawp's form: the message, and who took it back. */
const byWawp = z
  .looseObject({ id: messageId, revokedBy: maybe(chatId), fromMe: maybe(z.boolean()) })
  .transform(({ id, revokedBy, fromMe }) => ({
    id,
    revoked: id,
    from: revokedBy,
    to: undefined,
    fromMe,
    timestamp: undefined,
  }));

/** Tried in this order: the documented fields of the two have no name in common. */
const revoke = z.union([byWaha, byWawp]);

/**
 * Reads `message.revoked` in both shapes. One of our own messages that was taken back is an acknowledgement: its row in the
 * ledger says so. One of the customer's is a notice.
 */
export function readRevoke(event: LinkedEvent): EventReading {
  const { channel, business, name, at, me, payload } = event;
  const read = revoke.safeParse(payload);
  if (!read.success) return malformed(name, read.error);
  const { id, revoked, from, to, fromMe, timestamp = at } = read.data;
  const isOurs = splitMessageId(id)?.fromMe ?? fromMe ?? isOwn(from, me);
  if (isOurs === undefined) return { reason: `${name} does not say whose message it is about` };
  return withCustomer(name, otherEnd(event, { id, ends: [from, to] }), customer =>
    isOurs
      ? {
          item: {
            acknowledgements: [
              {
                channel,
                business,
                providerId: revoked,
                status: 'REVOKED',
                means: 'revoked',
                at: timestamp,
                customer,
              },
            ],
          },
        }
      : {
          item: {
            messages: [
              {
                channel,
                business,
                customer,
                kind: 'revoke',
                key: eventKey(event, revoked),
                sentAt: timestamp,
                content: { concerns: revoked, type: 'revoke' },
              },
            ],
          },
        },
  );
}

/** Whether an end is our own account; `undefined` where it is not said. */
function isOwn(end: string | undefined, me: readonly string[]): boolean | undefined {
  const chat = end === undefined ? undefined : readChat(end);
  return chat && 'customer' in chat && me.includes(chat.customer);
}
