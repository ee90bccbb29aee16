import { isWindowOpen, windowClosesAt } from '../../middleware/acknowledgements/window.ts';
import type { Capabilities, ConversationView, Receipt } from '../../middleware/ports.ts';
import { viewRefusal } from './failureViews.ts';

/**
 * A conversation as the API shows it. No part of the customer's number but its end is told.
 *
 * @param capabilities the channel's; where it is off, it is taken for one with a window
 */
export function viewConversation(
  conversation: ConversationView,
  capabilities: Pick<Capabilities, 'window'> | undefined,
  now: number,
) {
  const bound = capabilities ?? { window: true };
  const { id, channel, holder, unread, customer, workstream } = conversation;
  const closesAt = windowClosesAt(conversation, bound);
  return {
    id,
    channel,
    holder,
    unread,
    window: {
      open: isWindowOpen(conversation, bound, now),
      closesAt: closesAt === undefined ? null : new Date(closesAt).toISOString(),
    },
    customer: { masked: mask(customer) },
    ...(workstream !== undefined && { workstream }),
  };
}

/** A receipt as the API shows it. */
export function viewReceipt({ messageId, outcome, because, dueAt, at, refusal }: Receipt) {
  return {
    messageId: messageId ?? null,
    outcome,
    because,
    ...(outcome === 'scheduled' && dueAt !== undefined && { dueAt: new Date(dueAt).toISOString() }),
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    ...(refusal !== undefined && { refusal: viewRefusal(refusal) }),
  };
}

/** The last two characters tell an agent which of two customers it is, and nobody the number. */
function mask(customer: string): string {
  return `${'•'.repeat(Math.max(customer.length - 2, 4))}${customer.slice(-2)}`;
}
