import { isWindowOpen, windowClosesAt } from '../../middleware/acknowledgements/window.ts';
import type { Conversation } from '../../middleware/domain.ts';
import type { Capabilities, ConversationView, Receipt } from '../../middleware/ports.ts';
import type { ReceiptNews } from '../../middleware/receipts/changes.ts';
import { type TemplateTexts, viewLatest } from './contentViews.ts';
import { viewRefusal } from './failureViews.ts';
import { viewHolding } from './handoffViews.ts';

/**
 * A conversation as the API shows it. No part of the customer's number but its end is told.
 *
 * @param capabilities the channel's; where it is off, it is taken for one with a window
 * @param texts what templates say, for those who may read the messages. Default: no message is shown
 */
export function viewConversation(
  conversation: ConversationView,
  capabilities: Pick<Capabilities, 'window'> | undefined,
  now: number,
  texts?: TemplateTexts,
) {
  const { id, channel, business, holder, unread, customer, workstream, latest, waitingSince } = conversation;
  return {
    id,
    channel,
    business,
    holder,
    unread,
    window: viewWindow(conversation, capabilities, now),
    customer: { masked: mask(customer) },
    waitingSince: waitingSince === undefined ? null : new Date(waitingSince).toISOString(),
    ...(texts !== undefined && latest !== undefined && { latest: viewLatest(latest, texts) }),
    ...(workstream !== undefined && { workstream }),
    ...viewHolding(conversation),
  };
}

/**
 * The window of a conversation as the API shows it.
 *
 * @param capabilities as {@link viewConversation} has them
 */
export function viewWindow(
  conversation: Conversation,
  capabilities: Pick<Capabilities, 'window'> | undefined,
  now: number,
) {
  const bound = capabilities ?? { window: true };
  const closesAt = windowClosesAt(conversation, bound);
  return {
    open: isWindowOpen(conversation, bound, now),
    closesAt: closesAt === undefined ? null : new Date(closesAt).toISOString(),
  };
}

/** A receipt as the API shows it. */
export function viewReceipt({ ref, ...receipt }: Receipt) {
  const { messageId } = receipt;
  return { ref, messageId: messageId ?? null, ...viewOutcome(receipt) };
}

/** What has become of a receipt, and why; of one that is held, the moment that releases it. */
export function viewOutcome({ outcome, because, until, dueAt, at, refusal }: ReceiptNews) {
  return {
    outcome,
    because,
    ...(outcome === 'held' && until !== undefined && { until }),
    ...(outcome === 'scheduled' && dueAt !== undefined && { dueAt: new Date(dueAt).toISOString() }),
    ...(at !== undefined && { at: new Date(at).toISOString() }),
    ...(refusal !== undefined && { refusal: viewRefusal(refusal) }),
  };
}

/** The last two characters tell an agent which of two customers it is, and nobody the number. */
function mask(customer: string): string {
  return `${'•'.repeat(Math.max(customer.length - 2, 4))}${customer.slice(-2)}`;
}
