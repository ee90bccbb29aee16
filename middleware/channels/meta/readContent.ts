import { z } from 'zod';
import type { InboundContent, InboundKind, Media } from '../../domain.ts';
import { messageId } from './fields.ts';

/** What the part of a message that is named after its type says. */
export interface ReadContent {
  readonly kind: InboundKind;
  readonly content: Omit<InboundContent, 'type'>;
}

/** Reads the part of a message that is named after its type; zod's error where it is malformed. */
type Reader = z.ZodType<ReadContent>;

const message = (content: ReadContent['content']): ReadContent => ({ kind: 'message', content });

const text = z.looseObject({ body: z.string() }).transform(({ body }) => message({ text: body }));

/** `id` may be missing where Meta could not fetch the file itself (code 131052): the message is there all the same. */
const media = (type: Media['type']) =>
  z
    .looseObject({
      id: z.string().min(1).optional(),
      mime_type: z.string().optional(),
      caption: z.string().optional(),
      filename: z.string().optional(),
    })
    .transform(({ id, mime_type, caption, filename }) =>
      message({
        ...(caption === undefined ? {} : { text: caption }),
        media: {
          type,
          ...(id === undefined ? {} : { id }),
          ...(mime_type === undefined ? {} : { contentType: mime_type }),
          ...(caption === undefined ? {} : { caption }),
          ...(filename === undefined ? {} : { fileName: filename }),
        },
      }),
    );

const button = z
  .looseObject({ text: z.string(), payload: z.string().optional() })
  .transform(({ text, payload }) => message({ text, ...(payload === undefined ? {} : { payload }) }));

const choice = z.looseObject({ id: z.string(), title: z.string() });

/** A pressed button or list row. Others (`nfm_reply`, `call_permission_reply`) are messages without a text. */
const interactive = z
  .union([
    z
      .looseObject({ type: z.literal('button_reply'), button_reply: choice })
      .transform(({ button_reply }) => button_reply),
    z
      .looseObject({ type: z.literal('list_reply'), list_reply: choice })
      .transform(({ list_reply }) => list_reply),
    z.looseObject({ type: z.string().regex(/^(?!(button|list)_reply$)/) }).transform(() => undefined),
  ])
  .transform(chosen => message(chosen === undefined ? {} : { text: chosen.title, payload: chosen.id }));

/** Without an emoji, or with an empty one, the reaction was taken back. */
const reaction = z
  .looseObject({ message_id: messageId, emoji: z.string().optional() })
  .transform(({ message_id, emoji }) => ({
    kind: 'reaction' as const,
    content: { reaction: { to: message_id, ...(emoji === undefined || emoji === '' ? {} : { emoji }) } },
  }));

/** A revoke is one whatever it says; `original_message_id` is on Meta's page of revokes. */
const revoke = z
  .looseObject({ original_message_id: messageId.optional().catch(undefined) })
  .catch({ original_message_id: undefined })
  .transform(({ original_message_id: concerns }) => ({
    kind: 'revoke' as const,
    content: concerns === undefined ? {} : { concerns },
  }));

const location = z
  .looseObject({
    latitude: z.number(),
    longitude: z.number(),
    name: z.string().optional(),
    address: z.string().optional(),
  })
  .transform(({ latitude, longitude, name, address }) =>
    message({
      location: {
        latitude,
        longitude,
        ...(name === undefined ? {} : { name }),
        ...(address === undefined ? {} : { address }),
      },
    }),
  );

/** The types whose part we read. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['text', text],
  ['image', media('image')],
  ['document', media('document')],
  ['audio', media('audio')],
  ['video', media('video')],
  ['sticker', media('sticker')],
  ['button', button],
  ['interactive', interactive],
  ['reaction', reaction],
  ['revoke', revoke],
  ['location', location],
]);

/** The types that are told by their name alone; their part holds nothing that a bot is given. */
const kinds: ReadonlyMap<string, InboundKind> = new Map<string, InboundKind>([
  ['system', 'system'],
  ['request_welcome', 'welcome'],
  ['edit', 'edit'],
]);

/**
 * Reads what a message holds. A type that we do not model (`contacts`, `order`, `unsupported`, one of next year)
 * is a message like any other: the customer sees it in the chat, and waits for its ticks.
 *
 * @param type Meta's word for it
 * @param part the member of the message with that name
 * @returns the content, or why it is malformed
 */
export function readContent(type: string, part: unknown): z.ZodSafeParseResult<ReadContent> {
  const reader = readers.get(type);
  if (reader !== undefined) return reader.safeParse(part);
  return { success: true, data: { kind: kinds.get(type) ?? 'message', content: {} } };
}
