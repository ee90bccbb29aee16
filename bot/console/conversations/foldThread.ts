import type { LiveEvent } from '../base/liveEvent.ts';
import type { BusinessItem, CustomerItem, MessageView, ReceiptView, ThreadItem } from './views.ts';

/** The levels of a message of ours, in order. */
const levels = ['accepted', 'sent', 'delivered', 'read', 'played'];

/** What an event does to a message. */
export interface FoldedItem<Item extends ThreadItem = ThreadItem> {
  readonly item: Item;
  /** The event does not say all: the API does. */
  readonly isStale: boolean;
}

/**
 * What an event of the stream does to the message that it names, as far as the event says it. Applying one again, or late,
 * changes nothing: a level never falls.
 */
export function foldItem(item: ThreadItem, event: LiveEvent): FoldedItem {
  return item.side === 'customer' ? foldCustomer(item, event) : foldBusiness(item, event);
}

function foldCustomer(item: CustomerItem, event: LiveEvent): FoldedItem {
  if (event.type !== 'receipt.changed') return { item, isStale: event.type !== 'message.received' };
  const receipt = event.receipt as ReceiptView;
  // What a held one waits for, the API alone may say.
  return { item: { ...item, receipt }, isStale: receipt.outcome === 'held' && receipt.until === undefined };
}

function foldBusiness(item: BusinessItem, event: LiveEvent): FoldedItem<BusinessItem> {
  const { message } = item;
  switch (event.type) {
    case 'message.accepted':
      return withMessage(item, { sending: 'sent', level: message.level ?? 'accepted' });
    case 'message.level':
      return withMessage(item, reach(message, event));
    case 'message.revoked':
      return withMessage(item, { revokedAt: message.revokedAt ?? String(event.at) });
    case 'message.superseded':
      return { item: { ...item, superseded: true }, isStale: false };
    // Why it failed, in words that do not change, is the API's to say.
    case 'message.failed':
      return { item, isStale: true };
    default:
      return { item, isStale: false };
  }
}

function withMessage(item: BusinessItem, changes: Partial<MessageView>): FoldedItem<BusinessItem> {
  return { item: { ...item, message: { ...item.message, ...changes } }, isStale: false };
}

function reach(message: MessageView, event: LiveEvent): Partial<MessageView> {
  const level = String(event.level);
  const isHigher = levels.indexOf(level) > levels.indexOf(message.level ?? '');
  const isImplied = event.implied === true;
  const others = message.implied.filter(each => each !== level);
  const isReal = message.at[level] !== undefined;
  return {
    sending: 'sent',
    level: isHigher ? level : message.level,
    implied: isImplied && !isReal ? [...others, level] : others,
    at: isImplied ? message.at : { ...message.at, [level]: String(event.reportedAt ?? event.at) },
  };
}

/**
 * Puts messages where they belong: by time, each once. What is put in later stands for what was there.
 *
 * @param items in order
 */
export function merge(items: readonly ThreadItem[], others: readonly ThreadItem[]): readonly ThreadItem[] {
  const byRef = new Map(items.map(item => [item.ref, item]));
  for (const other of others) byRef.set(other.ref, other);
  // The sort is stable: of two with the same time the first stays the first.
  return [...byRef.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** What customers can see ticks on, and what stands beside it: reactions and edits change another message. */
export function hasBubble(item: ThreadItem): boolean {
  return item.side === 'business' || item.kind === 'message' || item.kind === 'echo';
}
