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
  readonly priority: Priority;
  /** While a call waits, this rejects it. */
  readonly signal: AbortSignal;
}

/** See {@link Queueing.priority}. */
export type Priority = 0 | 1 | 2;

const fromHighest: readonly Priority[] = [2, 1, 0];

/** How soon what waits for the next window looks again: others may have gone, and left their part. */
const lookAgainMs = 1000;

/**
 * A queue at this instance's part of a rate. Where instances come or go the part is another: what waits then waits by the new
 * one, and what is under way goes on. A call for which there is room waits for nothing, and costs next to nothing.
 */
export class RatedQueue {
  readonly #rate: Rate;
  readonly #instances: () => number;
  /** Begins what waits, by priority, the oldest first. */
  readonly #waiting: Readonly<Record<Priority, Set<() => void>>> = {
    0: new Set(),
    1: new Set(),
    2: new Set(),
  };
  #count = 0;
  #underWay = 0;
  /** As many as may be under way. */
  #places = 0;
  /** Calls that may begin in one window, which the first of them opens. */
  #cap = Number.POSITIVE_INFINITY;
  #windowMs = 0;
  /** How long the last window has been open, and the calls that have begun in it. */
  #open: Elapsed = () => Number.POSITIVE_INFINITY;
  #begun = 0;
  #isTimed = false;

  /** @param instances how many there are now. It is asked with each call that comes, each that ends, and while some wait */
  constructor(rate: Rate, instances: () => number) {
    this.#rate = rate;
    this.#instances = instances;
  }

  /** Makes a call when its turn comes. Rejects with what the call does, or with the signal's reason where it was not made. */
  async add<T>(call: () => Promise<T>, queueing: Queueing): Promise<T> {
    queueing.signal.throwIfAborted();
    if (this.#first() === undefined && this.#hasRoom()) this.#begin();
    else await this.#wait(queueing);
    try {
      return await call();
    } finally {
      this.#underWay -= 1;
      this.#next();
    }
  }

  /** Resolves when the call has begun. */
  #wait({ priority, signal }: Queueing): Promise<void> {
    const line = this.#waiting[priority];
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        line.delete(begin);
        reject(signal.reason);
      };
      const begin = () => {
        line.delete(begin);
        signal.removeEventListener('abort', giveUp);
        this.#begin();
        resolve();
      };
      line.add(begin);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#next();
    });
  }

  #begin(): void {
    this.#underWay += 1;
    if (this.#cap === Number.POSITIVE_INFINITY) return;
    if (this.#open() >= this.#windowMs) {
      this.#open = measure();
      this.#begun = 0;
    }
    this.#begun += 1;
  }

  /** Begins what waits, as far as there is room. What waits for the next window is looked at again with it. */
  #next(): void {
    let first = this.#first();
    for (; first !== undefined && this.#hasRoom(); first = this.#first()) first();
    if (this.#isTimed || first === undefined || this.#underWay >= this.#places) return;
    this.#isTimed = true;
    systemScheduler.after(Math.min(Math.ceil(this.#windowMs - this.#open()), lookAgainMs), () => {
      this.#isTimed = false;
      this.#next();
    });
  }

  /** What begins the oldest call that waits with the highest priority; absent: none waits. */
  #first(): (() => void) | undefined {
    for (const priority of fromHighest) for (const begin of this.#waiting[priority]) return begin;
    return undefined;
  }

  #hasRoom(): boolean {
    this.#adapt();
    return this.#underWay < this.#places && (this.#begun < this.#cap || this.#open() >= this.#windowMs);
  }

  #adapt(): void {
    const count = this.#instances();
    if (count === this.#count) return;
    this.#count = count;
    const { callsPerSecond, concurrency, least = 1 } = this.#rate;
    this.#places = Math.max(partOf(concurrency, count), least);
    if (callsPerSecond === undefined) return;
    // Whole calls only: a part of less than one a second is one in a longer time.
    this.#cap = Math.max(Math.floor(callsPerSecond / count), 1);
    this.#windowMs = (1000 * this.#cap * count) / callsPerSecond;
  }
}

/** This instance's part of what is allowed for all of them: whole, and at least one. */
export function partOf(allowed: number, instances: number): number {
  return Math.max(Math.floor(allowed / instances), 1);
}
