import type { Request, Server } from 'restify';
import { checkEscalation, type EscalationCheck } from '../../middleware/acknowledgements/checkEscalation.ts';
import { isWindowClosed } from '../../middleware/acknowledgements/window.ts';
import { senderOf } from '../../middleware/commands/asking.ts';
import { channelNames } from '../../middleware/domain.ts';
import { BluetickError } from '../../middleware/errors.ts';
import type { LedgerEntry, Store } from '../../middleware/ports.ts';
import type { Engine } from '../../middleware/receipts/engine.ts';
import { type Caller, whoAsks } from '../access/caller.ts';
import type { ApiRoute } from './api.ts';
import { findConversation } from './findConversation.ts';
import { idempotencyKeyOf, messageRequest } from './messageRequest.ts';
import { viewMessage } from './messageViews.ts';
import { idForm, page, pageQuery, viewPage } from './page.ts';
import { readJson } from './respond.ts';

/** The form of our ids of messages. */
const messageId = idForm('o');

/**
 * `GET /api/v1/messages/{id}`: what became of an outbound message. `GET /api/v1/conversations/{id}/messages`: of those
 * of a conversation. `POST` there: send one.
 */
export function addMessageRoutes(
  server: Server,
  parts: {
    engine: Pick<Engine, 'post'>;
    store: Store;
    /** What an escalation may ask for. */
    escalation: Pick<EscalationCheck, 'ways' | 'allowsHook'>;
    route: ApiRoute;
  },
): void {
  const { engine, store, escalation, route } = parts;

  server.get(
    '/api/v1/messages/:id',
    route(async ({ params }) => viewMessage(await find(String(params.id))), { role: 'agent' }),
  );

  server.get(
    '/api/v1/conversations/:id/messages',
    route(
      async request => {
        const { id } = await findConversation(store, request);
        const asked = page(request, messageId);
        const found = await store.listLedger(id, pageQuery(asked));
        return viewPage(found, asked, ({ ref }) => ref, viewMessage);
      },
      { role: 'agent' },
    ),
  );

  server.post(
    '/api/v1/conversations/:id/messages',
    route(async (request, caller) => viewMessage(await send(request, caller)), {
      role: 'agent',
      status: 202,
    }),
  );

  async function send(request: Request, caller: Caller): Promise<LedgerEntry> {
    const conversation = await findConversation(store, request);
    const idempotencyKey = idempotencyKeyOf(request);
    const { content, escalate: asked } = await readJson(request, messageRequest);
    const escalate =
      asked === undefined
        ? undefined
        : checkEscalation(asked, { content, customer: conversation.customer, ...escalation });
    const { sent, error } = await engine.post(conversation, content, {
      sender: senderOf(whoAsks(caller)),
      ...(escalate && { escalate }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    if (isWindowClosed(error)) throw error;
    return find(sent.ref);
  }

  /** By our id, or by a provider's: of which channel it is, the id does not say. */
  async function find(id: string): Promise<LedgerEntry> {
    const found = messageId.test(id)
      ? [await store.ledgerEntry({ ref: id })]
      : await Promise.all(channelNames.map(channel => store.ledgerEntry({ channel, providerId: id })));
    const entry = found.find(each => each !== undefined);
    if (entry === undefined) throw new BluetickError('unknown_message', 'There is no such message');
    return entry;
  }
}
