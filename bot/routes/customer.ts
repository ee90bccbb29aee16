import type { Server } from 'restify';
import type { ConversationView, Logger, Store } from '../../middleware/ports.ts';
import type { ApiRoute } from './api.ts';
import { findConversation } from './findConversation.ts';

/** So far back the customer's profile name is looked for, in messages: most channels send it with each. */
const nameLookback = 50;

/**
 * `GET /api/v1/conversations/{id}/customer`: who the customer is, number and all. Each look is logged with who looked, and
 * never with what they saw.
 */
export function addCustomerRoute(
  server: Server,
  { store, route, log }: { store: Pick<Store, 'conversationView' | 'thread'>; route: ApiRoute; log: Logger },
): void {
  server.get(
    '/api/v1/conversations/:id/customer',
    route(
      async (request, { agent, via, role }) => {
        const conversation = await findConversation(store, request);
        log.info({ conversation: conversation.id, agent, via, role }, 'A customer was revealed');
        const name = await nameOf(conversation);
        return { customer: conversation.customer, ...(name !== undefined && { name }) };
      },
      { role: 'supervisor' },
    ),
  );

  /** By the latest message that says it: people change their names. */
  async function nameOf({ id }: ConversationView): Promise<string | undefined> {
    const { items } = await store.thread(id, { limit: nameLookback });
    const names = items.map(item => (item.side === 'customer' ? item.content?.name : undefined));
    return names.find(name => name !== undefined);
  }
}
