import { windowMs } from '../../middleware/domain.ts';
import type { Capabilities, ConversationView, Receipt } from '../../middleware/ports.ts';

/** A conversation as the API shows it. No part of the customer's number but its end is told. */
export function viewConversation(
  { id, channel, holder, unread, customer, windowFrom, workstream }: ConversationView,
  capabilities: Capabilities | undefined,
  now: number,
) {
  const closesAt = windowFrom + windowMs;
  const bound = capabilities?.window ?? true;
  return {
    id,
    channel,
    holder,
    unread,
    window: { open: !bound || now < closesAt, closesAt: bound ? new Date(closesAt).toISOString() : null },
    customer: { masked: mask(customer) },
    ...(workstream !== undefined && { workstream }),
  };
}

/** A receipt as the API shows it. */
export function viewReceipt({ messageId, outcome, because, dueAt, at }: Receipt) {
  return {
    messageId: messageId ?? null,
    outcome,
    because,
    ...(outcome === 'scheduled' && dueAt !== undefined && { dueAt: new Date(dueAt).toISOString() }),
    ...(at !== undefined && { at: new Date(at).toISOString() }),
  };
}

/** The last two characters tell an agent which of two customers it is, and nobody the number. */
function mask(customer: string): string {
  return `${'•'.repeat(Math.max(customer.length - 2, 4))}${customer.slice(-2)}`;
}
