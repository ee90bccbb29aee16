import type { CustomerTyping } from '../domain.ts';
import { describeError } from '../errors.ts';
import type { Channel, Logger } from '../ports.ts';

/** Somebody in this process who is told that customers write. Nobody waits for a promise; a rejection is logged. */
export type CustomerTypingListener = (event: CustomerTyping) => void | Promise<void>;

/** Tells those in this process who want to know that a customer writes. Nothing of it is kept. */
export class CustomerTypings {
  readonly #listeners = new Set<CustomerTypingListener>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Calls `listener` with every event from now on; the answer takes it away. */
  add(listener: CustomerTypingListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What a webhook told; what it told of other businesses is nobody's affair. */
  tell({ businesses }: Channel, events: readonly CustomerTyping[] = []): void {
    for (const event of events) {
      if (!businesses.includes(event.business)) continue;
      for (const listener of this.#listeners) void this.#tell(listener, event);
    }
  }

  async #tell(listener: CustomerTypingListener, event: CustomerTyping): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#log.error({ channel: event.channel, ...describeError(error) }, 'A listener of typing failed');
    }
  }
}
