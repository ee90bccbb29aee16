/** How many first times are remembered: more than are asked for again in any but the largest outage. */
const defaultLimit = 10_000;

/** When each thing came first, by its id. */
export interface FirstTimes {
  /**
   * The first time of an id.
   *
   * @param now what it is where the id is new
   */
  of(id: string, now: number): number;
  /** Nobody asks for it again. */
  forget(id: string): void;
}

/**
 * Remembers when each thing came first, where it must have the same time whenever it comes again. It is kept in memory only,
 * for what does no harm when it has another time after a restart.
 *
 * @param limit how many are remembered; the oldest go first
 */
export function createFirstTimes(limit: number = defaultLimit): FirstTimes {
  const times = new Map<string, number>();
  return {
    of(id, now) {
      const known = times.get(id);
      if (known !== undefined) return known;
      const [oldest] = times.size < limit ? [] : times.keys();
      if (oldest !== undefined) times.delete(oldest);
      times.set(id, now);
      return now;
    },
    forget: id => void times.delete(id),
  };
}
