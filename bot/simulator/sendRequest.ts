import { z } from 'zod';

/** What stands in every body, and what belongs to each type. Anything else is "unsupported or misspelled" (100). */
const common = {
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual').optional(),
  to: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  context: z.strictObject({ message_id: z.string().min(1) }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
};

/** A file by its address or its id. */
const file = z
  .strictObject({
    link: z.url().optional(),
    id: z.string().min(1).optional(),
    caption: z.string().max(1024).optional(),
    filename: z.string().optional(),
  })
  .refine(({ link, id }) => (link === undefined) !== (id === undefined));

const parameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('image'), image: file }),
  z.strictObject({ type: z.literal('document'), document: file }),
  z.strictObject({ type: z.literal('video'), video: file }),
]);

const template = z.strictObject({
  name: z.string().min(1),
  language: z.strictObject({ code: z.string().min(2) }),
  components: z
    .array(z.strictObject({ type: z.enum(['header', 'body']), parameters: z.array(parameter).min(1) }))
    .optional(),
});

const text = z.strictObject({ body: z.string().min(1).max(4096), preview_url: z.boolean().optional() });

/** A call that marks read. */
export const readRequest = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: z.string().min(1),
  typing_indicator: z.strictObject({ type: z.literal('text') }).optional(),
});

/** A call that sends: stricter than Meta may be, so that a misspelled field is found in a test. */
export const sendRequest = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('text'), text }),
  z.strictObject({ ...common, type: z.literal('image'), image: file }),
  z.strictObject({ ...common, type: z.literal('document'), document: file }),
  z.strictObject({ ...common, type: z.literal('audio'), audio: file }),
  z.strictObject({ ...common, type: z.literal('video'), video: file }),
  z.strictObject({ ...common, type: z.literal('sticker'), sticker: file }),
  z.strictObject({ ...common, type: z.literal('template'), template }),
  z.strictObject({ ...common, type: z.literal('interactive'), interactive: z.looseObject({}) }),
]);

/** A call that sends, as it was understood. */
export type SendRequest = z.output<typeof sendRequest>;

/** What the phone shows of it: the text, the caption, or the template's name. */
export function textOf(request: SendRequest): string | undefined {
  switch (request.type) {
    case 'text':
      return request.text.body;
    case 'image':
      return request.image.caption;
    case 'document':
      return request.document.caption;
    case 'video':
      return request.video.caption;
    case 'template':
      return `[${request.template.name}]`;
    case 'interactive':
      return interactiveText(request.interactive.body);
    default:
      return undefined;
  }
}

function interactiveText(body: unknown): string | undefined {
  const read = z.looseObject({ text: z.string() }).safeParse(body);
  return read.data?.text;
}
