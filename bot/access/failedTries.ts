import type { Clock } from '../../middleware/ports.ts';
import { countDown, type Left } from '../../middleware/timing/countDown.ts';

/** How many wrong keys an address may send within a minute: a person mistypes a few, and a guesser needs far more. */
const allowed = 10;
const withinMs = 60_000;

/** How many addresses are remembered: where there are more, the one that began first is forgotten. */
const most = 10_000;

/**
 * Counts wrong keys by address. Right ones are not counted: a whole office may come by one proxy, in the same minute.
 */
export class FailedTries {
  readonly #clock: Clock;
  readonly #byAddress = new Map<string, { count: number; readonly left: Left }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long an address may not try any more, in milliseconds; 0: it may. */
  waitMs(address: string): number {
    const tries = this.#byAddress.get(address);
    if (tries === undefined || tries.count < allowed) return 0;
    return tries.left();
  }

  /** Counts one. */
  add(address: string): void {
    const tries = this.#byAddress.get(address);
    if (tries !== undefined && tries.left() > 0) {
      tries.count += 1;
      return;
    }
    for (const [each, old] of this.#byAddress) {
      // They stand in the order in which they began.
      if (old.left() > 0 && this.#byAddress.size < most) break;
      this.#byAddress.delete(each);
    }
    this.#byAddress.delete(address);
    this.#byAddress.set(address, { count: 1, left: countDown(withinMs, this.#clock) });
  }
}
