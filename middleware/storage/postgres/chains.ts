/**
 * Which calls of a batch come one after another, and which may go side by side.
 *
 * @param keys of each call, in order: whatever it works on
 * @returns the calls by their places, in chains: calls that share a key, also by way of a third, are in one chain, in their order
 */
export function chainsOf(keys: readonly (readonly string[])[]): readonly (readonly number[])[] {
  const leaders = keys.map((_, call) => call);
  const leaderOf = (call: number): number => {
    const leader = leaders[call] as number;
    return leader === call ? call : leaderOf(leader);
  };
  const firstOf = new Map<string, number>();
  keys.forEach((each, call) => {
    for (const key of each) {
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, call);
      else {
        const [one, other] = [leaderOf(first), leaderOf(call)];
        leaders[Math.max(one, other)] = Math.min(one, other);
      }
    }
  });
  return [...Map.groupBy(keys.keys(), leaderOf).values()];
}
