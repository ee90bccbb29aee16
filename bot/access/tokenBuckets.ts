import type { Clock } from '../../middleware/ports.ts';

/** How many are remembered: some 2 MB. Who comes when there are more takes the place of who was away longest. */
const most = 10_000;

/** A token, in the thousandths that are counted: so many come back in a millisecond as tokens do in a second. */
const token = 1000;

interface Bucket {
  /** In thousandths of a token. */
  level: number;
  /** When that was so, in Unix milliseconds. */
  at: number;
}

/**
 * A bucket of tokens for each of many: every request takes one, and they come back at a steady rate. A bucket that is full again
 * is forgotten, as it says nothing.
 */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #full: number;
  readonly #clock: Clock;
  /** Who came last stands last. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param perSecond how many come back in a second; a bucket holds twice as many */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#full = 2 * perSecond * token;
    this.#clock = clock;
  }

  /** How many are remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Takes a token.
   *
   * @returns 0, or how long it takes until there is one, in milliseconds: then none was taken
   */
  take(whose: string): number {
    const now = this.#clock.now();
    const level = this.#levelOf(whose, now);
    this.#buckets.delete(whose);
    this.#forgetSome(now);
    this.#buckets.set(whose, { level: level < token ? level : level - token, at: now });
    return level < token ? Math.ceil((token - level) / this.#perSecond) : 0;
  }

  /** Gives back one that was taken for nothing. */
  giveBack(whose: string): void {
    const bucket = this.#buckets.get(whose);
    if (bucket !== undefined) bucket.level = Math.min(bucket.level + token, this.#full);
  }

  #levelOf(whose: string, now: number): number {
    const bucket = this.#buckets.get(whose);
    if (bucket === undefined) return this.#full;
    // A clock that was set back takes nothing away.
    const came = Math.max(now - bucket.at, 0) * this.#perSecond;
    return Math.min(bucket.level + came, this.#full);
  }

  /** Two at a time, so that there are ever fewer, and no request pays for many. */
  #forgetSome(now: number): void {
    let left = 2;
    for (const whose of this.#buckets.keys()) {
      const isFull = this.#levelOf(whose, now) >= this.#full;
      if (left === 0 || (!isFull && this.#buckets.size < most)) return;
      this.#buckets.delete(whose);
      left -= 1;
    }
  }
}
