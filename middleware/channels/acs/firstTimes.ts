import type { Clock } from '../../ports.ts';

/** How many first times are remembered: more receipts than are open at once in any but the largest outage. */
const defaultLimit = 10_000;

/** When each open receipt was first tried. */
export interface FirstTimes {
  /** The first time of a call, in Unix milliseconds: now, where it is new. */
  of(id: string): number;
  /** The call was taken: nobody repeats it. */
  forget(id: string): void;
}

/**
 * Remembers when each open receipt was first tried: a repeat must name the same time (OASIS Repeatable Requests). It is
 * kept in memory only, since a receipt that is made twice does no harm.
 *
 * @param limit how many are remembered; the oldest go first
 */
export function createFirstTimes(clock: Clock, limit: number = defaultLimit): FirstTimes {
  const times = new Map<string, number>();
  return {
    of(id) {
      const known = times.get(id);
      if (known !== undefined) return known;
      const [oldest] = times.size < limit ? [] : times.keys();
      if (oldest !== undefined) times.delete(oldest);
      const now = clock.now();
      times.set(id, now);
      return now;
    },
    forget: id => void times.delete(id),
  };
}
