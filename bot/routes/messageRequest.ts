import type { Request } from 'restify';
import { z } from 'zod';
import type { Media, OutboundContent, Template } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import { isLoopback } from '../../middleware/isLoopback.ts';
import { limits } from '../../middleware/turn/whatsAppLimits.ts';
import { header } from './respond.ts';

const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine(said => said.trim() !== '', `allowed: a text of 1 to ${most} characters`);

/** A file is fetched by the provider, never by us. */
const fileUrl = z
  .string()
  .max(2048)
  .refine(isFileUrl, 'allowed: an https address (plain http on this machine only), without a user name');

const parameters = z
  .array(
    z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text'), text: text(limits.text) }),
      z.strictObject({
        type: z.enum(['image', 'document', 'video']),
        url: fileUrl,
        fileName: text(240).optional(),
      }),
    ]),
  )
  .max(100);

const template: z.ZodType<Template> = z.strictObject({
  name: text(512),
  language: text(20),
  header: parameters.optional(),
  body: parameters.optional(),
});

const mediaTypes = ['image', 'document', 'audio', 'video', 'sticker'] as const;

const media = z
  .strictObject({
    url: fileUrl,
    type: z.enum(mediaTypes).optional(),
    caption: text(limits.caption).optional(),
    fileName: text(240).optional(),
  })
  .transform(({ url, type = typeOf(url), caption, fileName }) => ({
    type,
    url,
    ...(caption !== undefined && { caption }),
    ...(fileName !== undefined && { fileName }),
  }))
  // WhatsApp would leave them out without a word.
  .refine(({ type, caption }) => caption === undefined || (type !== 'audio' && type !== 'sticker'), {
    path: ['caption'],
    error: 'allowed: with an image, a video or a document',
  })
  .refine(({ type, fileName }) => fileName === undefined || type === 'document', {
    path: ['fileName'],
    error: 'allowed: with a document',
  });

/** What sends a message: what it holds, one of three, and what is to happen if it does not arrive, not checked yet. */
export const messageRequest = z
  .strictObject({
    text: text(limits.text).optional(),
    template: template.optional(),
    media: media.optional(),
    escalate: z.unknown().optional(),
  })
  .transform(({ escalate, ...content }, context) => {
    const [only, ...others] = contentsOf(content);
    if (only !== undefined && others.length === 0) return { content: only, escalate };
    context.addIssue('allowed: one of text, template and media');
    return z.NEVER;
  });

function contentsOf(given: {
  readonly text?: string | undefined;
  readonly template?: Template | undefined;
  readonly media?: Media | undefined;
}): OutboundContent[] {
  return [
    ...(given.text === undefined ? [] : [{ type: 'text' as const, text: given.text }]),
    ...(given.template === undefined ? [] : [{ type: 'template' as const, template: given.template }]),
    ...(given.media === undefined ? [] : [{ type: 'media' as const, media: given.media }]),
  ];
}

function isFileUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && username === '' && password === '';
}

/** What WhatsApp shows a file as, by the endings of the formats that it takes (Media API page). */
const typesByEnding = new Map<string, Media['type']>([
  ...['jpg', 'jpeg', 'png'].map(ending => [ending, 'image'] as const),
  ...['mp4', '3gp'].map(ending => [ending, 'video'] as const),
  ...['aac', 'amr', 'mp3', 'm4a', 'ogg', 'opus'].map(ending => [ending, 'audio'] as const),
  ['webp', 'sticker'],
]);

function typeOf(url: string): Media['type'] {
  const ending = /\.(\w+)$/.exec(new URL(url).pathname)?.[1] ?? '';
  return typesByEnding.get(ending.toLowerCase()) ?? 'document';
}

const idempotencyKeyForm = /^[\x21-\x7e]{1,200}$/;

/**
 * The key under which a caller asks to send: whoever asks again under it does not send twice.
 *
 * @throws BluetickError `invalid_request`
 */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = header(request, 'idempotency-key');
  if (key === undefined || idempotencyKeyForm.test(key)) return key;
  const message = 'Idempotency-Key: allowed: 1 to 200 visible ASCII characters';
  throw new BluetickError('invalid_request', message, { field: 'Idempotency-Key' });
}
