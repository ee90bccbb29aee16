import PQueue from 'p-queue';

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

/**
 * A queue at this instance's part of a rate. Where instances come or go the part is another: what waits then waits by the new
 * one, and what is under way goes on.
 */
export class RatedQueue {
  readonly #rate: Rate;
  readonly #instances: () => number;
  #count: number;
  #queue: PQueue;
  /** How each call that has not begun comes into the queue of now, in their order. */
  readonly #waiting = new Set<() => void>();

  /** @param instances how many there are now. It is asked with each call */
  constructor(rate: Rate, instances: () => number) {
    this.#rate = rate;
    this.#instances = instances;
    this.#count = instances();
    this.#queue = queueOf(rate, this.#count);
  }

  /** Makes a call when its turn comes. */
  add<T>(call: () => Promise<T>, queueing: Queueing): Promise<T> {
    this.#adapt();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const enter = () => {
      const queue = this.#queue;
      let began = false;
      const begin = () => {
        began = true;
        this.#waiting.delete(enter);
        return call();
      };
      queue.add(begin, queueing).then(resolve, error => {
        // It waited in a queue that was cleared, and is in the one after it.
        if (!began && queue !== this.#queue) return;
        this.#waiting.delete(enter);
        reject(error);
      });
    };
    this.#waiting.add(enter);
    enter();
    return promise;
  }

  #adapt(): void {
    const count = this.#instances();
    if (count === this.#count) return;
    this.#count = count;
    const before = this.#queue;
    this.#queue = queueOf(this.#rate, count);
    before.clear();
    // All are in it before any begins: the order is theirs.
    this.#queue.pause();
    for (const enter of this.#waiting) enter();
    this.#queue.start();
  }
}

function queueOf({ callsPerSecond, concurrency, least = 1 }: Rate, instances: number): PQueue {
  const part = { concurrency: Math.max(partOf(concurrency, instances), least) };
  if (callsPerSecond === undefined) return new PQueue(part);
  // Whole calls only: a part of less than one a second is one in a longer time.
  const intervalCap = Math.max(Math.floor(callsPerSecond / instances), 1);
  const interval = (1000 * intervalCap * instances) / callsPerSecond;
  return new PQueue({ ...part, interval, intervalCap });
}

/** This instance's part of what is allowed for all of them: whole, and at least one. */
export function partOf(allowed: number, instances: number): number {
  return Math.max(Math.floor(allowed / instances), 1);
}
