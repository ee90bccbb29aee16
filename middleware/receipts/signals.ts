import { EventEmitter } from 'node:events';

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

/** How soon whoever waits for what another process may do looks again, in milliseconds: a customer does not notice it. */
const lookEveryMs = 200;

/** Tells those who wait in this process what happened in a conversation. Nothing durable rests on it. */
export class Signals {
  /**
   * Whether other processes may do what is waited for here: nobody hears of that, and whoever waits looks into the store again
   * after {@link lookAgainMs}.
   */
  readonly missSome: boolean;
  readonly #emitter = new EventEmitter().setMaxListeners(0);

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
    const name = `${signal}:${conversation}`;
    this.#emitter.on(name, listener);
    return () => void this.#emitter.off(name, listener);
  }

  emit<S extends Signal>(conversation: string, signal: S, news: News[S]): void {
    this.#emitter.emit(`${signal}:${conversation}`, news);
  }
}
