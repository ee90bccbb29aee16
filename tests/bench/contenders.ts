/** Somebody who does the same work as others do, round by round. */
export interface Contender {
  /** Does one round, and answers how many events it did a second. Round 0 warms up: it does not count. */
  run(round: number): Promise<number>;
  end(): Promise<void>;
}

/**
 * Lets contenders do the same in turn, round by round: what slows a round down slows down all of them.
 *
 * @param starts how each begins; they begin one after the other, and all are there while each has its turn
 * @returns what each did a second in every round that counts
 */
export async function inTurn<Name extends string>(
  starts: Readonly<Record<Name, () => Promise<Contender>>>,
  rounds: number,
): Promise<Readonly<Record<Name, number[]>>> {
  const names = Object.keys(starts) as Name[];
  const rates = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>;
  const contenders = new Map<Name, Contender>();
  try {
    for (const name of names) contenders.set(name, await starts[name]());
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, contender] of contenders) {
        const rate = await contender.run(round);
        if (round > 0) rates[name].push(rate);
      }
    }
  } finally {
    for (const contender of contenders.values()) await contender.end();
  }
  return rates;
}

/** Does something for each of some items, a number of them at a time. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await act(item);
    }),
  );
}

/** Items in lists of so many, the last one with what is left. */
export function inLists<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, list) =>
    items.slice(list * length, (list + 1) * length),
  );
}
