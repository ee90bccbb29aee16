import { z } from 'zod';

/** The one version with receipts, and those of Azure's specification that send messages (facts, 1.1). */
export const previewVersion = '2025-09-01-preview';
const sendVersions = ['2024-02-01', '2024-08-30', previewVersion];

const address = z.url({ protocol: /^https?$/ });
const head = {
  channelRegistrationId: z.guid(),
  to: z.tuple([z.string().regex(/^(\+?\d{5,20}|[A-Z]{2}\.[A-Za-z0-9]{1,128})$/)]),
};
const textPart = z.strictObject({ kind: z.literal('text'), text: z.string().min(1) });
const filePart = z.strictObject({ kind: z.enum(['image', 'document', 'video']), mediaUri: address });

const reference = z.strictObject({ refValue: z.string().min(1) });
const template = z.strictObject({
  name: z.string().min(1),
  language: z.string().min(2),
  values: z
    .array(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('text'), name: z.string(), text: z.string() }),
        z.strictObject({ kind: z.enum(['image', 'video']), name: z.string(), url: address }),
        z.strictObject({
          kind: z.literal('document'),
          name: z.string(),
          url: address,
          fileName: z.string().optional(),
        }),
      ]),
    )
    .optional(),
  bindings: z
    .strictObject({
      kind: z.literal('whatsApp'),
      header: z.array(reference).optional(),
      body: z.array(reference).optional(),
    })
    .optional(),
});

const button = z.strictObject({ id: z.string().min(1), title: z.string().min(1) });
const item = z.strictObject({ ...button.shape, description: z.string().min(1) });
const action = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('whatsAppButtonAction'),
    content: z.strictObject({ kind: z.literal('buttonSet'), buttons: z.array(button).min(1) }),
  }),
  z.strictObject({
    kind: z.literal('whatsAppListAction'),
    content: z.strictObject({
      kind: z.literal('group'),
      title: z.string().min(1),
      groups: z.array(z.strictObject({ title: z.string().min(1), items: z.array(item).min(1) })).min(1),
    }),
  }),
]);
const interactiveMessage = z.strictObject({
  header: z.union([textPart, filePart]).optional(),
  body: textPart,
  footer: textPart.optional(),
  action,
});

const caption = z.string().optional();
const stable = [
  z.strictObject({ ...head, kind: z.literal('text'), content: z.string().min(1) }),
  z.strictObject({ ...head, kind: z.enum(['image', 'video']), mediaUri: address, caption }),
  z.strictObject({
    ...head,
    kind: z.literal('document'),
    mediaUri: address,
    caption,
    fileName: z.string().optional(),
  }),
  z.strictObject({ ...head, kind: z.literal('audio'), mediaUri: address }),
  z.strictObject({ ...head, kind: z.literal('template'), template }),
] as const;
const stableSend = z.discriminatedUnion('kind', stable);
const previewSend = z.discriminatedUnion('kind', [
  ...stable,
  z.strictObject({ ...head, kind: z.literal('sticker'), mediaUri: address }),
  z.strictObject({ ...head, kind: z.literal('interactive'), interactiveMessage }),
]);

const readReceipt = z.strictObject({
  channelRegistrationId: z.guid(),
  messageId: z.string().min(1),
  typingIndicator: z.boolean().optional(),
});

/** The body of a mark-read call. */
export type ReadReceipt = z.output<typeof readReceipt>;
/** The body of a send. */
export type Notification = z.output<typeof previewSend>;

/** The schema of a route's body in a version; `undefined`: that version does not have the route. */
export function schemaOf(path: string, version: string): z.ZodType<ReadReceipt | Notification> | undefined {
  if (path === '/messages/readreceipts:send') return version === previewVersion ? readReceipt : undefined;
  if (path !== '/messages/notifications:send' || !sendVersions.includes(version)) return undefined;
  return version === previewVersion ? previewSend : stableSend;
}
