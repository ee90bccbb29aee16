import { z } from 'zod';
import type { InboundContent, InboundKind, Media } from '../../domain.ts';
import { optionalId, optionalText } from './fields.ts';

const choice = z.looseObject({ id: z.string(), title: z.string() }).nullish();

/**
 * What a customer may have sent (`AdvancedMessageReceived`, by the names on the wire: those of the SDK's types, such as
 * `mediaContent`, are never sent). Each part is there or not; its name does not depend on `messageType`.
 */
export const contentParts = {
  messageType: z.string().min(1).max(64).nullish(),
  content: optionalText,
  media: z
    .looseObject({ id: optionalId, mimeType: optionalText, caption: optionalText, fileName: optionalText })
    .nullish(),
  context: z.looseObject({ id: optionalId }).nullish(),
  button: z.looseObject({ text: optionalText, payload: optionalText }).nullish(),
  interactive: z.looseObject({ buttonReply: choice, listReply: choice }).nullish(),
  reaction: z.looseObject({ messageId: z.string().min(1).max(512), emoji: optionalText }).nullish(),
};

/** The parts, read. */
export type ContentParts = z.output<z.ZodObject<typeof contentParts>>;

/** Brings the parts into the form that reaches the bot. */
export function toContent(parts: ContentParts): {
  readonly kind: InboundKind;
  readonly content: InboundContent;
} {
  const { messageType, content, media, context, button, interactive, reaction } = parts;
  const type = messageType ?? 'unknown';
  const chosen = interactive?.listReply ?? interactive?.buttonReply;
  const text = content ?? media?.caption ?? button?.text ?? chosen?.title;
  const payload = button?.payload ?? chosen?.id;
  return {
    kind: reaction ? 'reaction' : 'message',
    content: {
      ...(text !== undefined && { text }),
      ...(payload !== undefined && { payload }),
      ...(media && { media: toMedia(type, media) }),
      // Without an emoji the reaction was taken back.
      ...(reaction && {
        reaction: { to: reaction.messageId, ...(reaction.emoji && { emoji: reaction.emoji }) },
      }),
      ...(context?.id !== undefined && { replyTo: context.id }),
      type,
    },
  };
}

const mediaTypes: readonly Media['type'][] = ['image', 'document', 'audio', 'video', 'sticker'];

function toMedia(type: string, media: NonNullable<ContentParts['media']>): Media {
  const { id, mimeType, caption, fileName } = media;
  return {
    type: mediaTypes.find(known => known === type) ?? 'document',
    ...(id !== undefined && { id }),
    ...(mimeType !== undefined && { contentType: mimeType }),
    ...(caption !== undefined && { caption }),
    ...(fileName !== undefined && { fileName }),
  };
}
