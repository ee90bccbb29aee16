import { describeError } from './errors.ts';
import type { Logger } from './ports.ts';

/** Somebody in this process who is told. Nobody waits for a promise; a rejection is logged. */
export type Listener<Event> = (event: Event) => void | Promise<void>;

/** Tells those in this process who want to know. Nothing durable rests on it, and no listener can harm the others. */
export class Listeners<Event> {
  readonly #listeners = new Set<Listener<Event>>();
  readonly #log: Logger;
  readonly #failed: string;
  readonly #fieldsOf: (event: Event) => object;

  /**
   * @param failed what the log says where a listener failed
   * @param fieldsOf what of an event the log may hold
   */
  constructor(log: Logger, failed: string, fieldsOf: (event: Event) => object) {
    this.#log = log;
    this.#failed = failed;
    this.#fieldsOf = fieldsOf;
  }

  /** Calls `listener` with every event from now on; the answer takes it away. */
  add(listener: Listener<Event>): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Whether anybody listens: where nobody does, no event need be made. */
  get any(): boolean {
    return this.#listeners.size > 0;
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) void this.#tell(listener, event);
  }

  async #tell(listener: Listener<Event>, event: Event): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#log.error({ ...this.#fieldsOf(event), ...describeError(error) }, this.#failed);
    }
  }
}
