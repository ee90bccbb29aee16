import { BluetickError } from '../errors.ts';
import type { Scheduler } from '../ports.ts';
import { pause, wokenBy } from './pause.ts';

/**
 * Calls a store that may hang. While a call that has taken too long has not ended, no other is made: each would wait in
 * memory, with what a customer wrote, for as long as the store hangs.
 */
export class Patience {
  readonly #scheduler: Scheduler;
  readonly #limitMs: number;
  /** Calls that have taken too long and have not ended. */
  #late = 0;

  /** @param limitMs how long a call may take before the store counts as away */
  constructor(scheduler: Scheduler, limitMs: number) {
    this.#scheduler = scheduler;
    this.#limitMs = limitMs;
  }

  /**
   * Makes a call, at once, or not at all.
   *
   * @param afterAll called with an answer that came too late
   * @throws BluetickError `store_unavailable` where it takes too long, or where another one still does; whatever the call
   *   throws in time
   */
  async call<T>(call: () => Promise<T>, afterAll: (value: T) => void = () => {}): Promise<T> {
    if (this.#late > 0) throw away('The store has not answered an earlier call yet');
    const calling = call();
    const ended = calling.then(
      () => {},
      () => {},
    );
    const inTime = await pause(this.#scheduler, this.#limitMs, { wake: wokenBy(ended) });
    if (inTime === 'woken') return calling;
    this.#late += 1;
    const heard = calling.then(afterAll).catch(() => {});
    void heard.finally(() => {
      this.#late -= 1;
    });
    throw away('The store did not answer in time');
  }
}

function away(message: string): BluetickError {
  return new BluetickError('store_unavailable', message);
}
