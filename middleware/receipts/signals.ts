/**
 * What can happen in a conversation while somebody waits, with what is told of it: a message came in, an agent took it,
 * its receipts changed (whether any is open still), the provider has marked messages read (our ids of them).
 */
export interface News {
  readonly message: undefined;
  readonly agent: undefined;
  readonly receipts: boolean;
  readonly read: readonly string[];
}

/** See {@link News}. */
export type Signal = keyof News;

/** Somebody who waits. */
interface Listener {
  readonly signal: Signal;
  hear(news: unknown): void;
}

/** How soon whoever waits for what another process may do looks again, in milliseconds: a customer does not notice it. */
const lookEveryMs = 200;

/** Tells those who wait in this process what happened in a conversation. Nothing durable rests on it. */
export class Signals {
  /**
   * Whether other processes may do what is waited for here: nobody hears of that, and whoever waits looks into the store again
   * after {@link lookAgainMs}.
   */
  readonly missSome: boolean;
  /** By conversation: a turn listens for four things in one, and all of it comes and goes with the turn. */
  readonly #listeners = new Map<string, Set<Listener>>();

  /** @param missSome whether other processes work on the same conversations. Default no */
  constructor(missSome = false) {
    this.missSome = missSome;
  }

  /** How soon to look again, in milliseconds; for ever where this process is told of everything. */
  get lookAgainMs(): number {
    return this.missSome ? lookEveryMs : Number.POSITIVE_INFINITY;
  }

  /** Calls `listener` whenever `signal` is given for the conversation; the answer takes it away. */
  on<S extends Signal>(conversation: string, signal: S, listener: (news: News[S]) => void): () => void {
    const listeners = this.#listeners.get(conversation) ?? new Set();
    this.#listeners.set(conversation, listeners);
    const own: Listener = { signal, hear: listener as Listener['hear'] };
    listeners.add(own);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#listeners.get(conversation) === listeners)
        this.#listeners.delete(conversation);
    };
  }

  emit<S extends Signal>(conversation: string, signal: S, news: News[S]): void {
    const listeners = this.#listeners.get(conversation);
    if (listeners === undefined) return;
    // Whoever hears may cease to listen, or begin anew: that is for the next time.
    for (const listener of [...listeners]) if (listener.signal === signal) listener.hear(news);
  }
}
