import { z } from 'zod';
import type {
  Address,
  ChannelEvents,
  CustomerTyping,
  InboundContent,
  InboundMessage,
} from '../../../domain.ts';
import { noEvents, reasonOf } from '../../reading.ts';
import { id, instant, optionalText } from '../fields.ts';
import { readReceipts } from './readReceipts.ts';

const time = instant.optional().catch(undefined);

const payloadForm = z
  .looseObject({
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
  })
  // A tap has no other id.
  .refine(
    ({ suggestionResponse, requestId }) => suggestionResponse === undefined || requestId !== undefined,
    {
      path: ['requestId'],
    },
  );
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
  const address = { channel: 'google', business, customer } as const;
  const message = messageOf(read.data, address, sendTime);
  const typing = typingOf(userStatus, address, sendTime);
  if (message === undefined && typing === undefined && receipts === undefined)
    return { ...noEvents, ignored: ['the payload holds neither a message, nor receipts, nor typing'] };
  return {
    ...(receipts ? readReceipts(read.data, receipts, receipts.createTime ?? sendTime) : noEvents),
    messages: message === undefined ? [] : [message],
    ...(typing !== undefined && { typing: [typing] }),
  };
}

function typingOf(
  { isTyping: typing, createTime }: NonNullable<Payload['userStatus']> = {},
  address: Address,
  sendTime: number,
): CustomerTyping | undefined {
  return typing === undefined ? undefined : { ...address, at: createTime ?? sendTime, typing };
}

function messageOf(
  { message, suggestionResponse, requestId: key = '', context }: Payload,
  address: Address,
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
  if (suggestionResponse === undefined) return undefined;
  const { text, postbackData: payload, createTime: sentAt = sendTime } = suggestionResponse;
  const content = {
    type: 'suggestionResponse',
    ...(text !== undefined && { text }),
    ...(payload !== undefined && { payload }),
  };
  return { ...address, kind: 'message', key, sentAt, content: named(content) };
}
