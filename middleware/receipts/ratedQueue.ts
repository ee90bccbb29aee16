import PQueue from 'p-queue';
import { type Elapsed, measure, systemScheduler } from '../timing/systemClock.ts';

/** What a {@link RatedQueue} keeps to, for all instances together. */
export interface Rate {
  /** Default as many as come. */
  readonly callsPerSecond?: number;
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Of those, what each instance may have however many there are. Default 1. */
  readonly least?: number;
}

/** How a call is put into the queue. */
export interface Queueing {
  /** Higher ones go first. */
  readonly priority: number;
  /** While a call waits, this rejects it. */
  readonly signal: AbortSignal;
}

/** How soon what waits for the next window looks again: others may have gone, and left their part. */
const lookAgainMs = 1000;

/**
 * A queue at this instance's part of a rate. Where instances come or go the part is another: what waits then waits by the new
 * one, and what is under way goes on.
 *
 * The order, and what may be under way at once, are p-queue's. The rate is not: the windows of p-queue end at a time of day, so
 * that a clock that is set back by hours stopped all calls for as long.
 */
export class RatedQueue {
  readonly #rate: Rate;
  readonly #instances: () => number;
  readonly #queue = new PQueue();
  #count = 0;
  /** Calls that may begin in one window, which the first of them opens. */
  #cap = Number.POSITIVE_INFINITY;
  #windowMs = 0;
  /** How long the last window has been open, and the calls that have begun in it. */
  #open: Elapsed = () => Number.POSITIVE_INFINITY;
  #begun = 0;
  #isTimed = false;

  /** @param instances how many there are now. It is asked with each call that comes, each that begins, and while some wait */
  constructor(rate: Rate, instances: () => number) {
    this.#rate = rate;
    this.#instances = instances;
  }

  /** Makes a call when its turn comes. */
  add<T>(call: () => Promise<T>, queueing: Queueing): Promise<T> {
    this.#pace();
    const made = this.#queue.add(() => {
      this.#begin();
      return call();
    }, queueing);
    this.#pace();
    return made;
  }

  /** A call begins. */
  #begin(): void {
    if (this.#open() >= this.#windowMs) {
      this.#open = measure();
      this.#begun = 0;
    }
    this.#begun += 1;
    this.#pace();
  }

  /** Lets calls begin while the window has room for them, and what waits then with the next one. */
  #pace(): void {
    this.#adapt();
    if (this.#open() >= this.#windowMs) this.#begun = 0;
    if (this.#begun < this.#cap) {
      this.#queue.start();
      return;
    }
    this.#queue.pause();
    if (this.#isTimed || this.#queue.size === 0) return;
    this.#isTimed = true;
    systemScheduler.after(Math.min(Math.ceil(this.#windowMs - this.#open()), lookAgainMs), () => {
      this.#isTimed = false;
      this.#pace();
    });
  }

  #adapt(): void {
    const count = this.#instances();
    if (count === this.#count) return;
    this.#count = count;
    const { callsPerSecond, concurrency, least = 1 } = this.#rate;
    if (callsPerSecond !== undefined) {
      // Whole calls only: a part of less than one a second is one in a longer time.
      this.#cap = Math.max(Math.floor(callsPerSecond / count), 1);
      this.#windowMs = (1000 * this.#cap * count) / callsPerSecond;
    }
    // It would let calls begin at once, whatever the window says.
    this.#queue.pause();
    this.#queue.concurrency = Math.max(partOf(concurrency, count), least);
  }
}

/** This instance's part of what is allowed for all of them: whole, and at least one. */
export function partOf(allowed: number, instances: number): number {
  return Math.max(Math.floor(allowed / instances), 1);
}
