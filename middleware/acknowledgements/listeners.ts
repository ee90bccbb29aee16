import { describeError } from '../errors.ts';
import type { LedgerEvent } from '../ledgerEvent.ts';
import type { Logger } from '../ports.ts';

/** Somebody in this process who is told what happens to messages. Nobody waits for a promise; a rejection is logged. */
export type LedgerListener = (event: LedgerEvent) => void | Promise<void>;

/** Tells those in this process who want to know. Nothing durable rests on it, and no listener can harm the others. */
export class LedgerListeners {
  readonly #listeners = new Set<LedgerListener>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Calls `listener` with every event from now on; the answer takes it away. */
  add(listener: LedgerListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whether anybody listens: where nobody does, no event need be made. */
  get any(): boolean {
    return this.#listeners.size > 0;
  }

  emit(event: LedgerEvent): void {
    for (const listener of this.#listeners) void this.#tell(listener, event);
  }

  async #tell(listener: LedgerListener, event: LedgerEvent): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#log.error({ type: event.type, ...describeError(error) }, 'A listener of the ledger failed');
    }
  }
}
