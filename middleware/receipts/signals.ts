import { EventEmitter } from 'node:events';

/**
 * What can happen in a conversation while somebody waits: a message came in, its receipts changed, an agent took it.
 */
export type Signal = 'message' | 'receipts' | 'agent';

/** Tells those who wait in this process what happened in a conversation. Nothing durable rests on it. */
export class Signals {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  /**
   * Calls `listener` whenever `signal` is given for the conversation; the answer takes it away. With `receipts` it hears
   * whether any is open still.
   */
  on(conversation: string, signal: Signal, listener: (open?: boolean) => void): () => void {
    const name = `${signal}:${conversation}`;
    this.#emitter.on(name, listener);
    return () => void this.#emitter.off(name, listener);
  }

  emit(conversation: string, signal: Signal, open?: boolean): void {
    this.#emitter.emit(`${signal}:${conversation}`, open);
  }
}
