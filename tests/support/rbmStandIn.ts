/**
 * RCS for Business on this machine: agent events and agent messages to phones, each known by its id, as RBM's pages say.
 *
 * @module
 */
import { z } from 'zod';
import type { Answer } from './callServer.ts';
import { type GoogleServer, refusal, startGoogleServer } from './googleServer.ts';

const agentEvent = z.discriminatedUnion('eventType', [
  z.strictObject({ eventType: z.literal('READ'), messageId: z.string().min(1) }),
  z.strictObject({ eventType: z.literal('IS_TYPING') }),
]);

const fileUrl = z.url({ protocol: /^https?$/ });
const contentInfo = z.strictObject({ fileUrl });
const suggestions = z
  .array(
    z.strictObject({
      reply: z.strictObject({ text: z.string().min(1).max(25), postbackData: z.string().min(1).max(2048) }),
    }),
  )
  .min(1);
const richCard = z.strictObject({
  standaloneCard: z.strictObject({
    cardOrientation: z.enum(['VERTICAL', 'HORIZONTAL']),
    cardContent: z.strictObject({
      description: z.string().min(1).max(2000),
      media: z.strictObject({ height: z.enum(['SHORT', 'MEDIUM', 'TALL']), contentInfo }),
      suggestions: suggestions.max(4).optional(),
    }),
  }),
});
const agentMessage = z.strictObject({
  contentMessage: z.union([
    z.strictObject({ text: z.string().min(1).max(3072), suggestions: suggestions.max(11).optional() }),
    z.strictObject({ contentInfo }),
    z.strictObject({ richCard }),
  ]),
});

/** The body of an event. */
export type AgentEvent = z.output<typeof agentEvent>;
/** The body of a message. */
export type AgentMessage = z.output<typeof agentMessage>;

/** What was really carried out: a repeat is not. */
export interface Delivered<T> {
  readonly id: string;
  /** In E.164. */
  readonly phone: string;
  readonly body: T;
}

/** The stand-in, listening. */
export interface RbmStandIn extends GoogleServer {
  readonly events: readonly Delivered<AgentEvent>[];
  readonly messages: readonly Delivered<AgentMessage>[];
  /** Phones without RCS. */
  readonly unreachable: Set<string>;
}

const uuid = z.uuid();

/** Starts one on a free port. */
export async function startRbmStandIn(agentIds: readonly string[]): Promise<RbmStandIn> {
  const events: Delivered<AgentEvent>[] = [];
  const messages: Delivered<AgentMessage>[] = [];
  const unreachable = new Set<string>();
  /** Of messages and events together: they share their ids. */
  const known = new Set<string>();

  const server = await startGoogleServer(
    'https://www.googleapis.com/auth/rcsbusinessmessaging',
    ({ method, body }, { pathname, searchParams }): Answer => {
      const [, phone = '', what] =
        /^\/v1\/phones\/(\+\d{5,15})\/(agentEvents|agentMessages)$/.exec(pathname) ?? [];
      if (method !== 'POST' || what === undefined) return refusal(404, 'NOT_FOUND');
      const agent = searchParams.get('agentId') ?? '';
      if (!agentIds.includes(agent)) return refusal(403, 'PERMISSION_DENIED');
      const id = searchParams.get(what === 'agentEvents' ? 'eventId' : 'messageId');
      const event = agentEvent.safeParse(body).data;
      const message = agentMessage.safeParse(body).data;
      const isWellFormed = (what === 'agentEvents' ? event : message) !== undefined;
      if (id === null || !uuid.safeParse(id).success || !isWellFormed)
        return refusal(400, 'INVALID_ARGUMENT');
      if (unreachable.has(phone)) return refusal(404, 'NOT_FOUND');
      const isFresh = !known.has(`${agent} ${id}`);
      known.add(`${agent} ${id}`);
      if (isFresh && event !== undefined) events.push({ id, phone, body: event });
      if (isFresh && message !== undefined) messages.push({ id, phone, body: message });
      return { status: 200, body: { name: `phones/${phone}/${what}/${id}` } };
    },
  );
  return Object.assign(server, { events, messages, unreachable });
}
