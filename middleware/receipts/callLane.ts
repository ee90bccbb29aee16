import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type IBackoff,
} from 'cockatiel';
import { ProviderError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { countDown, type Left } from '../timing/countDown.ts';

/** Faults of the whole provider in a row after which calls stop for a while. */
const breakerThreshold = 5;
/** How long they stop before one call tries. */
export const breakerOpenMs = 10_000;

/** What ends at once: nothing is waited for. */
export const nothingLeft: Left = () => 0;

/** The calls of one class to a business number: they fail, and wait, apart from those of the other. */
export class CallLane {
  readonly breaker: CircuitBreakerPolicy;
  /** How long the provider still asks us to wait with these. */
  pauseLeft = nothingLeft;
  /** How long the breaker still lets none try. */
  breakLeft = nothingLeft;
  /** Those that wait for their turn. */
  waiting = 0;
  readonly #clock: Clock;
  #nextLeft = nothingLeft;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.breaker = circuitBreaker(
      handleWhen(error => error instanceof ProviderError && error.providerWide),
      { halfOpenAfter: this.#backoff(), breaker: new ConsecutiveBreaker(breakerThreshold) },
    );
    this.breaker.onBreak(() => {
      this.breakLeft = countDown(breakerOpenMs, clock);
    });
  }

  /**
   * Gives one of those that are told to come again its place behind the one before it.
   *
   * @param everyMs how far they come apart
   * @returns in how many milliseconds it may come
   */
  comeAgain(everyMs: number): number {
    const waitMs = this.#nextLeft();
    this.#nextLeft = countDown(waitMs + everyMs, this.#clock);
    return waitMs;
  }

  /** The breaker compares with the time of day, which may be set back: it is told "for ever" until the break is over, then "no more". */
  #backoff(): IBackoff<unknown> {
    const lane = this;
    const backoff: IBackoff<unknown> = {
      get duration() {
        return lane.breakLeft() > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      },
      next: () => backoff,
    };
    return backoff;
  }
}
