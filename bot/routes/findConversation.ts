import type { Request } from 'restify';
import { BluetickError } from '../../middleware/errors.ts';
import type { ConversationView, Store } from '../../middleware/ports.ts';

/**
 * The conversation that the address of a request names.
 *
 * @throws BluetickError `unknown_conversation`
 */
export async function findConversation(
  store: Pick<Store, 'conversationView'>,
  { params }: Request,
): Promise<ConversationView> {
  const conversation = await store.conversationView(String(params.id));
  if (conversation === undefined)
    throw new BluetickError('unknown_conversation', 'There is no such conversation');
  return conversation;
}
