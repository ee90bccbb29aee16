import { z } from 'zod';
import type { ChannelEvents, InboundContent } from '../../../domain.ts';
import { mediaTypeOf } from '../../mediaTypeOf.ts';
import { type Reading, reasonOf } from '../../reading.ts';
import { id, instant, optionalText, phoneNumber } from '../fields.ts';

const message = z
  .looseObject({
    agentId: id,
    senderPhoneNumber: phoneNumber,
    messageId: id.optional(),
    // The id of the delivery, which examples have in the place of the message's.
    eventId: id.optional(),
    sendTime: instant.optional(),
    text: z.string().optional(),
    suggestionResponse: z.looseObject({ postbackData: optionalText, text: optionalText }).optional(),
    location: z.looseObject({ latitude: z.number(), longitude: z.number() }).optional(),
    userFile: z
      .looseObject({
        payload: z.looseObject({ mimeType: optionalText, fileUri: optionalText, fileName: optionalText }),
      })
      .optional(),
  })
  .refine(({ messageId, eventId }) => messageId !== undefined || eventId !== undefined, {
    path: ['messageId'],
  });
type UserMessage = z.output<typeof message>;

/** Reads a message of a user (`UserMessage`). What we do not model is a message like any other. */
export function readUserMessage(item: unknown, now: number): Reading<Partial<ChannelEvents>> {
  const read = message.safeParse(item);
  if (!read.success) return { reason: reasonOf('message', read.error) };
  const { agentId: business, senderPhoneNumber: customer, messageId, eventId, sendTime } = read.data;
  const key = messageId ?? eventId ?? '';
  return {
    item: {
      messages: [
        {
          channel: 'google',
          business,
          customer,
          kind: 'message',
          ...(messageId !== undefined && { providerId: messageId }),
          key,
          sentAt: sendTime ?? now,
          content: contentOf(read.data),
        },
      ],
    },
  };
}

function contentOf({ text, suggestionResponse, location, userFile }: UserMessage): InboundContent {
  if (text !== undefined) return { type: 'text', text };
  if (suggestionResponse !== undefined) {
    const { postbackData: payload, text: title } = suggestionResponse;
    return {
      type: 'suggestionResponse',
      ...(title !== undefined && { text: title }),
      ...(payload !== undefined && { payload }),
    };
  }
  if (location !== undefined) {
    const { latitude, longitude } = location;
    return { type: 'location', location: { latitude, longitude } };
  }
  if (userFile !== undefined) {
    const { mimeType: contentType, fileUri: url, fileName } = userFile.payload;
    return {
      type: 'userFile',
      media: {
        type: mediaTypeOf(contentType),
        ...(url !== undefined && { url }),
        ...(contentType !== undefined && { contentType }),
        ...(fileName !== undefined && { fileName }),
      },
    };
  }
  return { type: 'unsupported' };
}
