import type { Request, Server } from 'restify';
import { z } from 'zod';
import { channelNames } from '../../middleware/domain.ts';
import type { Channel, Clock, ConversationView, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import type { ApiRoute } from './api.ts';
import { findConversation } from './findConversation.ts';
import { limitOf, page, viewPage } from './page.ts';
import { readJson } from './respond.ts';
import { viewConversation, viewReceipt } from './views.ts';

const conversationId = /^c_[\w-]{16}$/;
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
 * each receipt with outcome and reason.
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
  const find = (request: Request) => findConversation(store, request);

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
      const asked = page(request, conversationId);
      const found = await store.listConversations(asked.limit + 1, asked.after);
      return viewPage(found, asked, ({ id }) => id, view);
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
      return { items: (await store.listReceipts(id, limitOf(request))).map(viewReceipt) };
    }),
  );
}
