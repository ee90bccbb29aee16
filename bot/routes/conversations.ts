import type { Request, Server } from 'restify';
import { z } from 'zod';
import { channelNames } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Channel, Clock, ConversationView, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { agentEvents } from '../../middleware/receipts/handoff.ts';
import type { ApiRoute } from './api.ts';
import { readJson } from './respond.ts';
import { viewConversation, viewReceipt } from './views.ts';

/** The most items of a page, and how many there are where nobody says. */
const pageLimit = 100;
const defaultPage = 50;

const agentEvent = z.strictObject({ event: z.enum(agentEvents), agent: z.string().max(200).optional() });
const readRequest = z.union(
  [
    z.strictObject({ conversation: z.string().max(200) }),
    z.strictObject({
      channel: z.enum(channelNames),
      messageId: z.string().min(1).max(512),
      includeHeld: z.boolean().optional(),
    }),
  ],
  'allowed: { channel, messageId, includeHeld? } or { conversation }',
);

/**
 * `POST /api/v1/receipts`: mark read now. `GET /api/v1/conversations[/{id}[/receipts]]`: state, holder, window, and
 * each receipt with outcome and reason. `POST /api/v1/conversations/{id}/agent-events`: what an agent did.
 */
export function addConversationRoutes(
  server: Server,
  parts: {
    engine: Engine;
    store: Store;
    channels: readonly Channel[];
    clock: Clock;
    route: ApiRoute;
  },
): void {
  const { engine, store, channels, clock, route } = parts;
  const view = (conversation: ConversationView) => {
    const capabilities = channels.find(({ name }) => name === conversation.channel)?.capabilities;
    return viewConversation(conversation, capabilities, clock.now());
  };
  const find = async ({ params }: Request): Promise<ConversationView> => {
    const conversation = await store.conversationView(String(params.id));
    if (conversation === undefined)
      throw new BluetickError('unknown_conversation', 'There is no such conversation');
    return conversation;
  };

  server.post(
    '/api/v1/receipts',
    route(async request => {
      const target = await readJson(request, readRequest);
      if ('conversation' in target) return { items: (await engine.markRead(target)).map(viewReceipt) };
      const { includeHeld = false, ...message } = target;
      const [receipt] = await engine.markRead({ ...message, includeHeld });
      return receipt && viewReceipt(receipt);
    }),
  );

  server.get(
    '/api/v1/conversations',
    route(async request => {
      const { limit, after } = page(request);
      const found = await store.listConversations(limit + 1, after);
      const items = found.slice(0, limit);
      return { items: items.map(view), ...(found.length > limit && { next: items.at(-1)?.id }) };
    }),
  );

  server.get(
    '/api/v1/conversations/:id',
    route(async request => view(await find(request))),
  );

  server.get(
    '/api/v1/conversations/:id/receipts',
    route(async request => {
      const { id } = await find(request);
      return { items: (await store.listReceipts(id, page(request).limit)).map(viewReceipt) };
    }),
  );

  server.post(
    '/api/v1/conversations/:id/agent-events',
    route(async request => {
      const { id } = await find(request);
      const { event } = await readJson(request, agentEvent);
      await engine.reportAgent(id, event);
      return view(await find(request));
    }),
  );
}

/** `?limit=` and `?after=`, the `next` of the page before. */
function page(request: Request): { limit: number; after: string | undefined } {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const limit = Number(searchParams.get('limit') ?? defaultPage);
  if (!Number.isInteger(limit) || limit < 1 || limit > pageLimit) {
    const message = `limit: got ${JSON.stringify(searchParams.get('limit'))}, allowed: 1 to ${pageLimit}`;
    throw new BluetickError('invalid_request', message, { field: 'limit' });
  }
  return { limit, after: searchParams.get('after') ?? undefined };
}
