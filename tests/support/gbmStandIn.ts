/**
 * Business Messages on this machine, as it was before Google shut it down: messages, receipts and events of conversations,
 * as Google's own snippets call them (bm-snippets-curl).
 *
 * @module
 */
import { z } from 'zod';
import type { Answer } from './callServer.ts';
import { type GoogleServer, refusal, startGoogleServer } from './googleServer.ts';

const representative = z.strictObject({
  avatarImage: z.string().optional(),
  displayName: z.string().optional(),
  representativeType: z.enum(['BOT', 'HUMAN']),
});
const contentInfo = z.strictObject({
  fileUrl: z.url({ protocol: /^https?$/ }),
  altText: z.string().optional(),
  forceRefresh: z.boolean().optional(),
});
const suggestions = z
  .array(
    z.strictObject({ reply: z.strictObject({ text: z.string().min(1), postbackData: z.string().min(1) }) }),
  )
  .min(1)
  .optional();
const head = { messageId: z.uuid(), representative };
const message = z.union([
  z.strictObject({ ...head, text: z.string().min(1).max(3072), suggestions }),
  z.strictObject({ ...head, image: z.strictObject({ contentInfo }) }),
  z.strictObject({
    ...head,
    richCard: z.strictObject({
      standaloneCard: z.strictObject({
        cardOrientation: z.string().optional(),
        cardContent: z.strictObject({
          description: z.string().min(1),
          media: z.strictObject({ height: z.enum(['SHORT', 'MEDIUM', 'TALL']), contentInfo }),
          suggestions,
        }),
      }),
    }),
  }),
]);
const event = z.strictObject({
  eventType: z.enum(['TYPING_STARTED', 'TYPING_STOPPED', 'REPRESENTATIVE_JOINED', 'REPRESENTATIVE_LEFT']),
  representative,
});
const receipt = z.strictObject({ receiptType: z.literal('READ') });

/** The body of a message, and of an event. */
export type BusinessMessage = z.output<typeof message>;
export type BusinessEvent = z.output<typeof event>;

/** The stand-in, listening. What was carried out stands in the order it came. */
export interface GbmStandIn extends GoogleServer {
  readonly messages: { readonly conversation: string; readonly body: BusinessMessage }[];
  readonly events: { readonly conversation: string; readonly id: string; readonly body: BusinessEvent }[];
  /** The names of the receipts that were set. */
  readonly receipts: readonly string[];
}

/** Starts one on a free port. Every conversation is one of the account's agents. */
export async function startGbmStandIn(): Promise<GbmStandIn> {
  const messages: GbmStandIn['messages'] = [];
  const events: GbmStandIn['events'] = [];
  const receipts: string[] = [];

  const post = (conversation: string, what: string, body: unknown, id: string | null): Answer => {
    if (what === 'messages') {
      const { data } = message.safeParse(body);
      if (data === undefined) return refusal(400, 'INVALID_ARGUMENT');
      if (!messages.some(each => each.body.messageId === data.messageId))
        messages.push({ conversation, body: data });
      const name = `conversations/${conversation}/messages/${data.messageId}`;
      return { status: 200, body: { ...data, name } };
    }
    const { data } = event.safeParse(body);
    if (data === undefined || id === null || !z.uuid().safeParse(id).success)
      return refusal(400, 'INVALID_ARGUMENT');
    if (!events.some(each => each.id === id)) events.push({ conversation, id, body: data });
    return { status: 200, body: { ...data, name: `conversations/${conversation}/events/${id}` } };
  };

  const server = await startGoogleServer(
    'https://www.googleapis.com/auth/businessmessages',
    ({ method, body }, { pathname, searchParams }): Answer => {
      const [, conversation = '', what] =
        /^\/v1\/conversations\/([^/]+)\/(messages|events)$/.exec(pathname) ?? [];
      if (method === 'POST' && what !== undefined)
        return post(conversation, what, body, searchParams.get('eventId'));
      const [, name] = /^\/v1\/(conversations\/[^/]+\/messages\/[^/]+\/receipt)$/.exec(pathname) ?? [];
      if (method !== 'PATCH' || name === undefined) return refusal(404, 'NOT_FOUND');
      if (!receipt.safeParse(body).success) return refusal(400, 'INVALID_ARGUMENT');
      receipts.push(name);
      return { status: 200, body: { name, receiptType: 'READ' } };
    },
  );
  return Object.assign(server, { messages, events, receipts });
}
