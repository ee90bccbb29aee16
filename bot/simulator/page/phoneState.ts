import type { PhoneChange, PhoneMessage, PhoneScreen } from '../phoneScreen.ts';

/** How many events the page keeps: more than anybody reads. */
const timelineLimit = 500;

/** The phone after a change. */
export function afterChange(phone: PhoneScreen, change: PhoneChange): PhoneScreen {
  const { event, message, ...shown } = change;
  return {
    ...phone,
    ...shown,
    timeline: [...phone.timeline, event].slice(-timelineLimit),
    messages: message === undefined ? phone.messages : withMessage(phone.messages, message),
  };
}

function withMessage(messages: readonly PhoneMessage[], message: PhoneMessage): readonly PhoneMessage[] {
  const index = messages.findIndex(({ id }) => id === message.id);
  if (index >= 0) return messages.with(index, message);
  const before = messages.findLastIndex(({ at }) => at <= message.at);
  return messages.toSpliced(before + 1, 0, message);
}

/** What the phone has: without what came while it was offline. */
export function shownMessages({ messages }: PhoneScreen): readonly PhoneMessage[] {
  return messages.filter(({ isAway }) => isAway !== true);
}

/** How many messages of the business came since the chat was left. */
export function unreadCount(phone: PhoneScreen): number {
  if (phone.open) return 0;
  const left = phone.timeline.findLast(({ what }) => what === 'left')?.at ?? 0;
  const { timeline } = phone;
  const arrived = new Map(timeline.filter(({ what }) => what === 'arrived').map(e => [e.messageId, e.at]));
  return shownMessages(phone).filter(
    ({ from, id, at }) => from === 'business' && (arrived.get(id) ?? at) > left,
  ).length;
}

/** Messages of one day. */
export interface Day {
  /** Midnight here, in Unix milliseconds. */
  readonly at: number;
  readonly messages: readonly PhoneMessage[];
}

/** The messages by days, as the clock here has them. */
export function byDays(messages: readonly PhoneMessage[]): readonly Day[] {
  const days = Map.groupBy(messages, ({ at }) => new Date(at).setHours(0, 0, 0, 0));
  return [...days].map(([at, of]) => ({ at, messages: of }));
}
