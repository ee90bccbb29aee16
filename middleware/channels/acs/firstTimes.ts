import type { Clock } from '../../ports.ts';

/** How many first times are remembered: more receipts than are open at once in any but the largest outage. */
const defaultLimit = 10_000;

/**
 * Remembers when each receipt was first tried: a repeat must name the same time (OASIS Repeatable Requests). It is kept
 * in memory only, since a receipt that is made twice does no harm.
 *
 * @param limit how many are remembered; the oldest go first
 * @returns a function that answers the first time of a call, in Unix milliseconds
 */
export function createFirstTimes(clock: Clock, limit: number = defaultLimit): (id: string) => number {
  const times = new Map<string, number>();
  return id => {
    const known = times.get(id);
    if (known !== undefined) return known;
    const [oldest] = times.size < limit ? [] : times.keys();
    if (oldest !== undefined) times.delete(oldest);
    const now = clock.now();
    times.set(id, now);
    return now;
  };
}
