import { z } from 'zod';
import type { InboundMessage } from '../../domain.ts';
import { type Reading, reasonOf } from '../reading.ts';
import { channelId, customer, instant, optionalId } from './fields.ts';
import { contentParts, toContent } from './readContent.ts';
import type { GridEvent } from './readEvent.ts';

const received = z.looseObject({
  to: channelId,
  from: customer,
  fromBSUID: customer,
  messageId: optionalId,
  receivedTimestamp: instant.nullish(),
  ...contentParts,
});

/** Where the subject names the sender: `advancedMessage/sender/<number or user id>/recipient/<channel>`. */
const senderInSubject = /^advancedMessage\/sender\/([^/]+)\/recipient\//;

/**
 * Reads an `AdvancedMessageReceived` event. Two things that one expects may be missing: the number, where the customer
 * hides it (ACS-BSUID); and the message's id, which Azure documents as always there and leaves out of every example.
 * Without it the event's id makes the message unique, and it cannot be marked read.
 */
export function readMessage({ id, subject, at, data }: GridEvent): Reading<InboundMessage> {
  const read = received.safeParse(data);
  if (!read.success) return { reason: reasonOf('message', read.error) };
  const { to, from, fromBSUID, messageId, receivedTimestamp, ...parts } = read.data;
  const sender = from ?? fromBSUID ?? customer.parse(senderInSubject.exec(subject ?? '')?.[1]);
  if (sender === undefined) return { reason: 'message names no sender' };
  const sentAt = receivedTimestamp ?? at;
  if (sentAt === undefined) return { reason: 'message has no time' };
  return {
    item: {
      channel: 'acs',
      business: to,
      customer: sender,
      ...(messageId !== undefined && { providerId: messageId }),
      key: messageId ?? id,
      sentAt,
      ...toContent(parts),
    },
  };
}
