import type { Request, Server } from 'restify';
import { z } from 'zod';
import { channelNames, holders } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { Channel, Clock, ConversationQuery, ConversationView, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { whoAsks } from '../access/caller.ts';
import type { ApiRoute } from './api.ts';
import type { TemplateTexts } from './contentViews.ts';
import { findConversation } from './findConversation.ts';
import { idForm, limitOf, page, queryOf, viewPlacedPage } from './page.ts';
import { readJson } from './respond.ts';
import { channelOf } from './templates.ts';
import { viewConversation, viewReceipt } from './views.ts';

/** The form of a place in the list of conversations. */
const place = /^\d{1,15}\.\d{1,15}$/;

/** The most conversations of a page: a console shows many in one column. */
const pageLimit = 500;

const readRequest = z.union(
  [
    z.strictObject({ conversation: z.string().max(200) }),
    z.strictObject({
      channel: z.enum(channelNames),
      messageId: z.string().min(1).max(512),
      includeHeld: z.boolean().optional(),
    }),
    z.strictObject({ message: z.string().regex(idForm('m')), includeHeld: z.boolean().optional() }),
  ],
  'allowed: { channel, messageId, includeHeld? }, { message, includeHeld? } with our id, or { conversation }',
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
    /** What templates say, for the latest message of each. */
    templates: TemplateTexts;
    route: ApiRoute;
  },
): void {
  const { engine, store, channels, clock, templates, route } = parts;
  const view = (conversation: ConversationView) => {
    const capabilities = channels.find(({ name }) => name === conversation.channel)?.capabilities;
    return viewConversation(conversation, capabilities, clock.now(), templates);
  };
  const find = (request: Request) => findConversation(store, request);

  server.post(
    '/api/v1/receipts',
    route(
      async (request, caller) => {
        const target = await readJson(request, readRequest);
        const cause = { by: 'key', ...whoAsks(caller) } as const;
        if ('conversation' in target)
          return { items: (await engine.markRead(target, cause)).map(viewReceipt) };
        const { includeHeld = false, ...message } = target;
        const [receipt] = await engine.markRead({ ...message, includeHeld }, cause);
        return receipt && viewReceipt(receipt);
      },
      { role: 'agent' },
    ),
  );

  server.get(
    '/api/v1/conversations',
    route(
      async request => {
        const { limit, after } = page(request, place, pageLimit);
        const before = after === undefined ? {} : { before: after };
        const found = await store.listConversations({ limit, ...before, ...filterOf(queryOf(request)) });
        return viewPlacedPage(found, view);
      },
      { role: 'agent' },
    ),
  );

  server.get(
    '/api/v1/conversations/:id',
    route(async request => view(await find(request)), { role: 'agent' }),
  );

  server.get(
    '/api/v1/conversations/:id/receipts',
    route(
      async request => {
        const { id } = await find(request);
        return { items: (await store.listReceipts(id, limitOf(request))).map(viewReceipt) };
      },
      { role: 'agent' },
    ),
  );
}

/**
 * `?holder=`, `?channel=` and `?unread=true`: which conversations are listed.
 *
 * @throws BluetickError `invalid_request`
 */
function filterOf(query: URLSearchParams): Omit<ConversationQuery, 'limit' | 'before'> {
  const channel = channelOf(query);
  const asked = query.get('holder');
  const holder = holders.find(each => each === asked);
  if (asked !== null && holder === undefined) throw notAllowed('holder', holders.join(', '));
  const unread = query.get('unread');
  if (unread !== null && unread !== 'true' && unread !== 'false') throw notAllowed('unread', 'true, false');
  return {
    ...(holder !== undefined && { holder }),
    ...(channel !== undefined && { channel }),
    unread: unread === 'true',
  };
}

function notAllowed(field: string, allowed: string): BluetickError {
  return new BluetickError('invalid_request', `${field}: allowed: ${allowed}`, { field });
}
