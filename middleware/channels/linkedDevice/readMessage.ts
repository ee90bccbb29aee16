import { z } from 'zod';
import type { InboundContent, InboundKind } from '../../domain.ts';
import { eventKey, type LinkedEvent } from './event.ts';
import { type EventReading, malformed, withCustomer } from './eventReading.ts';
import { chatId, maybe, messageId, seconds } from './fields.ts';
import { fullMessageId, splitMessageId } from './messageIds.ts';
import { otherEnd } from './otherEnd.ts';
import { contentFields, readContent } from './readContent.ts';

/** What all payloads about a message share. */
const about = z.looseObject({
  id: messageId,
  timestamp: maybe(seconds),
  from: maybe(chatId),
  to: maybe(chatId),
  fromMe: maybe(z.boolean()),
});
type About = z.output<typeof about>;

const message = about.extend(contentFields);
const reaction = about.extend({
  reaction: z.looseObject({ messageId, text: maybe(z.string()) }),
});
const edit = about.extend({ body: maybe(z.string()), editedMessageId: maybe(messageId) });

/**
 * Reads `message` and `message.any`: the second tells of the same messages, and of our own too. Both have the message's id
 * as their key, so that a message is admitted once, whichever came first.
 */
export function readMessage(event: LinkedEvent): EventReading {
  const read = message.safeParse(event.payload);
  if (!read.success) return malformed(event.name, read.error);
  const { id } = read.data;
  return inbound(event, read.data, 'message', id, readContent(read.data));
}

/** Reads `message.reaction`: without an emoji, or with an empty one, it was taken back. */
export function readReaction(event: LinkedEvent): EventReading {
  const read = reaction.safeParse(event.payload);
  if (!read.success) return malformed(event.name, read.error);
  const { messageId: to, text } = read.data.reaction;
  const content = { reaction: { to, ...(text ? { emoji: text } : {}) }, type: 'reaction' };
  return inbound(event, read.data, 'reaction', eventKey(event, read.data.id), content);
}

/** Reads `message.edited`. On some engines its id is that of the message itself, so that cannot be its key. */
export function readEdit(event: LinkedEvent): EventReading {
  const read = edit.safeParse(event.payload);
  if (!read.success) return malformed(event.name, read.error);
  const { id, body, editedMessageId } = read.data;
  const concerns = editedMessageId === undefined ? id : fullMessageId(id, editedMessageId);
  const content = { ...(body !== undefined && { text: body }), concerns, type: 'edit' };
  return inbound(event, read.data, 'edit', eventKey(event, id), content);
}

/**
 * What is from our own account is an echo, whatever it is: the documented example of `message` is one. It owes no receipt.
 * Where the flag and the id do not agree, it is taken for ours: nobody must answer themselves.
 */
function inbound(
  event: LinkedEvent,
  { id, timestamp, from, to, fromMe }: About,
  kind: InboundKind,
  key: string,
  content: InboundContent,
): EventReading {
  const { channel, business, at } = event;
  const isOurs = fromMe === true || splitMessageId(id)?.fromMe === true;
  // What a customer sends is to us, whatever our own ids are: only where it is from tells the chat.
  const chat = otherEnd(event, { id, ends: isOurs ? [to, from] : [from] });
  return withCustomer(event.name, chat, customer => ({
    item: {
      messages: [
        {
          channel,
          business,
          customer,
          kind: isOurs ? 'echo' : kind,
          providerId: id,
          key,
          sentAt: timestamp ?? at,
          content,
        },
      ],
    },
  }));
}
