import type { Server } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { Store } from '../../middleware/ports.ts';
import type { ApiRoute } from './api.ts';
import type { TemplateTexts } from './contentViews.ts';
import { findConversation } from './findConversation.ts';
import { page, viewPlacedPage } from './page.ts';
import { viewThreadItem } from './threadViews.ts';

/** The form of a place in a thread. */
const place = /^m\d{1,16}\.o\d{1,16}$/;

/**
 * `GET /api/v1/conversations/{id}/thread`: the messages of both sides with their texts, newest first.
 * `GET /api/v1/conversations/{id}/thread/{ref}`: one of them.
 */
export function addThreadRoutes(
  server: Server,
  {
    store,
    templates,
    route,
  }: {
    store: Pick<Store, 'conversationView' | 'thread' | 'threadItem'>;
    templates: TemplateTexts;
    route: ApiRoute;
  },
): void {
  server.get(
    '/api/v1/conversations/:id/thread',
    route(
      async request => {
        const { id } = await findConversation(store, request);
        const { limit, after } = page(request, place);
        const found = await store.thread(id, { limit, ...(after !== undefined && { before: after }) });
        return viewPlacedPage(found, item => viewThreadItem(item, templates));
      },
      { role: 'agent' },
    ),
  );

  server.get(
    '/api/v1/conversations/:id/thread/:ref',
    route(
      async request => {
        const { id } = await findConversation(store, request);
        const item = await store.threadItem(String(request.params.ref));
        const owner = item?.side === 'business' ? item.entry.conversation : item?.conversation;
        if (item === undefined || owner?.id !== id)
          throw new BluetickError('unknown_message', 'There is no such message in this conversation');
        return viewThreadItem(item, templates);
      },
      { role: 'agent' },
    ),
  );
}
