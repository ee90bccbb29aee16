import type { LiveEvent } from '../base/liveEvent.ts';

/** The longest that typing shows without a sign of more: channels show ours for 25 s, and some never tell of an end. */
const signMs = 25_000;

/** Who types in a conversation now. */
export interface Typing {
  readonly customer: boolean;
  /** The customer is shown that we type. */
  readonly business: boolean;
  /** A colleague, or whoever looks themselves, by the name that their events have. */
  readonly agent?: string;
}

const nobody: Typing = { customer: false, business: false };

/** Who types, in which conversation. Event: `change`. */
export class TypingSigns extends EventTarget {
  readonly #signs = new Map<string, Typing>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Who types in a conversation. */
  of(conversation: string): Typing {
    return this.#signs.get(conversation) ?? nobody;
  }

  /** Takes an event of the stream: typing, or what ends it. */
  apply(event: LiveEvent): void {
    const { conversation: id, type } = event;
    if (id === undefined) return;
    if (type === 'typing')
      this.#set(id, String(event.by) === 'customer' ? 'customer' : 'business', event.typing === true);
    else if (type === 'message.received') this.#set(id, 'customer', false);
    else if (type === 'message.added') {
      this.#set(id, 'business', false);
      this.#set(id, 'agent', false);
    } else if (type === 'agent' && event.event === 'typing')
      this.#set(id, 'agent', String(event.agent ?? ''));
  }

  /** Forgets all: nobody knows what came meanwhile. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#signs.clear();
    this.dispatchEvent(new Event('change'));
  }

  /** @param value `false`: not any more */
  #set(id: string, who: keyof Typing, value: boolean | string): void {
    const timer = `${id} ${who}`;
    clearTimeout(this.#timers.get(timer));
    if (value === false) this.#timers.delete(timer);
    else
      this.#timers.set(
        timer,
        setTimeout(() => this.#set(id, who, false), signMs),
      );
    const { [who]: before = false, ...others } = this.of(id);
    if (before === value) return;
    const gone = who === 'agent' && value === false;
    this.#signs.set(id, { ...others, ...(gone ? {} : { [who]: value }) } as Typing);
    this.dispatchEvent(new Event('change'));
  }
}
