/**
 * Which of several works come one after another, and which may go side by side.
 *
 * @param keys of each, in order: whatever it works on
 * @returns the works by their places, in chains: those that share a key, also by way of a third, are in one chain, in their order
 */
export function chainsOf(keys: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const leaders = keys.map((_, work) => work);
  const leaderOf = (work: number): number => {
    const leader = leaders[work] as number;
    return leader === work ? work : leaderOf(leader);
  };
  const firstOf = new Map<string, number>();
  keys.forEach((each, work) => {
    for (const key of each) {
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, work);
      else {
        const [one, other] = [leaderOf(first), leaderOf(work)];
        leaders[Math.max(one, other)] = Math.min(one, other);
      }
    }
  });
  return [...Map.groupBy(keys.keys(), leaderOf).values()];
}
