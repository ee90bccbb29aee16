import type { LiveEvent } from '../base/liveEvent.ts';
import type { ConversationView } from './views.ts';

/** A customer who waits in the queue. */
interface Wait {
  /** Since when, in ISO 8601. */
  readonly since: string;
  /** The colleague whom it was transferred to; a word, and no lock. */
  readonly assignedTo: string | undefined;
}

/**
 * Since when a customer waits for people. In the queue from the hand-off on, also where the bot has said that somebody
 * comes: that is no answer.
 *
 * @returns `undefined`: they do not wait
 */
export function waitsSince({
  holder,
  handoff,
  waitingSince,
}: Pick<ConversationView, 'holder' | 'handoff' | 'waitingSince'>): string | undefined {
  const began = holder === 'queue' ? handoff?.at : undefined;
  const times = [began, waitingSince].filter(time => typeof time === 'string');
  return times.sort((one, other) => Date.parse(one) - Date.parse(other))[0];
}

/**
 * Who waits in the queue, whichever conversations the list shows: so that nobody is forgotten at its end. It is kept by the
 * events of the stream, which tell of each who comes and goes. Event: `change`.
 */
export class WaitingRoom extends EventTarget {
  #waits = new Map<string, Wait>();

  /** Takes all that wait now. */
  take(views: readonly ConversationView[]): void {
    const queued = views.filter(({ holder }) => holder === 'queue');
    this.#waits = new Map(
      queued.map(view => [view.id, { since: waitsSince(view) ?? '', assignedTo: view.assignedTo }]),
    );
    this.dispatchEvent(new Event('change'));
  }

  /** Takes an event of the stream. */
  apply({ type, conversation, holder, handoff, assignedTo, at }: LiveEvent): void {
    if (type !== 'conversation.changed' || conversation === undefined) return;
    const began = (handoff as { readonly at?: string } | null | undefined)?.at ?? at ?? '';
    const known = this.#waits.get(conversation);
    if (holder === 'queue')
      this.#waits.set(conversation, {
        since: known?.since ?? began,
        assignedTo: typeof assignedTo === 'string' ? assignedTo : undefined,
      });
    else if (!this.#waits.delete(conversation)) return;
    this.dispatchEvent(new Event('change'));
  }

  /** How many wait for whoever looks: those transferred to a colleague wait for that colleague. */
  count(me: string | undefined): number {
    return this.#of(me).length;
  }

  /** The conversation of whom waits longest; `undefined`: nobody waits. */
  longest(me: string | undefined): string | undefined {
    const [first] = this.#of(me).sort(
      ([, one], [, other]) => Date.parse(one.since) - Date.parse(other.since),
    );
    return first?.[0];
  }

  #of(me: string | undefined): (readonly [string, Wait])[] {
    return [...this.#waits].filter(([, { assignedTo }]) => assignedTo === undefined || assignedTo === me);
  }
}
