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

/** Tells those who wait in this process what happened in a conversation. Nothing durable rests on it. */
export class Signals {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

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
