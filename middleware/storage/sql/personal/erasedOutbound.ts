import type { Outbound, OutboundAdded, OutboundRequest } from '../../../ports.ts';
import { type ConversationRow, toConversation } from '../conversations.ts';
import { refOf } from '../refs.ts';

/** The failure of what was erased before it went out: also in the statements of `personalTables.ts`. */
export const erased = 'erased';

/** A turn goes on whose conversation was erased meanwhile: what it says goes out to nobody, and is not kept. */
export function erasedOutbound(
  conversation: ConversationRow,
  { content, now }: OutboundRequest,
): OutboundAdded {
  const outbound: Outbound = {
    ref: refOf('outbound', 0),
    conversation: toConversation(conversation),
    content,
    correlation: '',
    state: 'failed',
    providerId: undefined,
    attempts: 0,
    interrupted: 0,
    createdAt: now,
    failure: erased,
  };
  return { outbound, call: false };
}
