import type { PhoneEvent, PhoneMessage, PhoneScreen } from '../phoneScreen.ts';

/** A line of what happened. */
export interface StoryLine {
  readonly at: number;
  readonly what: Told;
  /** How long after what it answers, in milliseconds: a tick after its message, an answer after the customer's latest. */
  readonly afterMs?: number;
  /** For how many messages in a row the same happened at once. */
  readonly count: number;
}

/** What is told: sending goes without saying, and typing that ends shows in what comes after. */
export type Told = Exclude<PhoneEvent['what'], 'sent' | 'typingEnd'>;

/** How near to each other the same things happen at once, in milliseconds. */
const atOnceMs = 150;

/** What happened on a phone, latest first, for whoever looks at when ticks turn blue. */
export function storyOf({ timeline, messages }: PhoneScreen, limit = 40): readonly StoryLine[] {
  const byId = new Map(messages.map(message => [message.id, message]));
  const lines: StoryLine[] = [];
  let wroteAt: number | undefined;
  for (const event of timeline) {
    const { what, at, messageId } = event;
    if (what === 'customer') wroteAt = at;
    const message = byId.get(messageId ?? '');
    // What came while the phone was offline is told when it arrives.
    if (what === 'sent' || what === 'typingEnd' || isAwayThen(event, message, timeline)) continue;
    const since = what === 'blue' || what === 'delivered' ? message?.at : wroteAt;
    const line = {
      at,
      what,
      ...(isTimed(what) && since !== undefined && { afterMs: Math.max(0, at - since) }),
    };
    const latest = lines.at(-1);
    const isSame = latest?.what === what && messageId !== undefined && at - latest.at <= atOnceMs;
    if (isSame) lines.splice(-1, 1, { ...latest, count: latest.count + 1 });
    else lines.push({ ...line, count: 1 });
  }
  return lines.slice(-limit).reverse();
}

function isTimed(what: Told): boolean {
  return what === 'blue' || what === 'delivered' || what === 'typing' || what === 'business';
}

function isAwayThen(
  event: PhoneEvent,
  message: PhoneMessage | undefined,
  timeline: readonly PhoneEvent[],
): boolean {
  if (event.what !== 'business') return false;
  const arrived = ({ what, messageId }: PhoneEvent) => what === 'arrived' && messageId === event.messageId;
  return message?.isAway === true || timeline.some(arrived);
}
