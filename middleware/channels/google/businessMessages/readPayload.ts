import { z } from 'zod';
import type { ChannelEvents, InboundContent, InboundMessage } from '../../../domain.ts';
import { reasonOf } from '../../reading.ts';
import { id, instant, optionalText } from '../fields.ts';
import { noEvents } from '../format.ts';
import { readReceipts } from './readReceipts.ts';

const time = instant.optional().catch(undefined);

const payloadForm = z.looseObject({
  agent: id,
  conversationId: id,
  requestId: id.optional().catch(undefined),
  sendTime: time,
  context: z
    .looseObject({ userInfo: z.looseObject({ displayName: optionalText }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  message: z.looseObject({ messageId: id, text: optionalText, createTime: time }).optional(),
  suggestionResponse: z
    .looseObject({ postbackData: optionalText, text: optionalText, createTime: time })
    .optional(),
  receipts: z.looseObject({ receipts: z.array(z.unknown()), createTime: time }).optional(),
  userStatus: z
    .looseObject({ isTyping: z.boolean().optional().catch(undefined), createTime: time })
    .optional()
    .catch(undefined),
});
type Payload = z.output<typeof payloadForm>;

/**
 * Reads one payload: a message, a suggestion that was tapped, receipts for messages of ours, or what the user does. What it
 * may hold beside these, such as the answers to a survey, is passed over.
 *
 * @param now for what tells no time, in Unix milliseconds
 */
export function readPayload(payload: unknown, now: number): ChannelEvents {
  const read = payloadForm.safeParse(payload);
  if (!read.success) {
    const { data: agent } = id.safeParse(Reflect.get(Object(payload), 'agent'));
    const rejected = { reason: reasonOf('payload', read.error), item: payload };
    return { ...noEvents, rejected: [{ ...rejected, ...(agent !== undefined && { business: agent }) }] };
  }
  const { agent: business, conversationId: customer, sendTime = now, receipts, userStatus } = read.data;
  if (receipts !== undefined) return readReceipts(read.data, receipts, receipts.createTime ?? sendTime);
  const address = { channel: 'google', business, customer } as const;
  if (userStatus?.isTyping !== undefined) {
    const { isTyping: typing, createTime: at = sendTime } = userStatus;
    return { ...noEvents, typing: [{ ...address, at, typing }] };
  }
  const message = messageOf(read.data, address, sendTime);
  return message === undefined ? noEvents : { ...noEvents, messages: [message] };
}

function messageOf(
  { message, suggestionResponse, requestId, context }: Payload,
  address: Pick<InboundMessage, 'channel' | 'business' | 'customer'>,
  sendTime: number,
): InboundMessage | undefined {
  const name = context?.userInfo?.displayName;
  const named = (content: InboundContent) => ({ ...content, ...(name !== undefined && { name }) });
  if (message !== undefined) {
    const { messageId, text, createTime: sentAt = sendTime } = message;
    const content = text === undefined ? { type: 'unsupported' } : { type: 'text', text };
    const ids = { providerId: messageId, key: messageId };
    return { ...address, ...ids, kind: 'message', sentAt, content: named(content) };
  }
  // A tap is no message of its own, and has no id that a receipt could name.
  if (suggestionResponse === undefined || requestId === undefined) return undefined;
  const { text, postbackData: payload, createTime: sentAt = sendTime } = suggestionResponse;
  const content = {
    type: 'suggestionResponse',
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
  };
  return { ...address, kind: 'message', key: requestId, sentAt, content: named(content) };
}
