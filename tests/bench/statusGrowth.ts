import type { Store } from '../../middleware/index.ts';
import { eachOf } from './contenders.ts';
import { median, type Row, ratioRow } from './report.ts';
import { acknowledgementOf, type BenchStatus, statusesEach, statusesOf } from './statusLoad.ts';

/** The messages that statuses come for: the latest of a ledger. */
export const latest = 10_000;
/** How many statuses are in flight. */
export const statusesInFlight = 64;
/** How many each ledger gets in a round: all of the latest messages in six of them. */
export const statusesARound = (latest * statusesEach) / 6;

/** The ledgers whose cost is compared. */
const lengths = { short: latest, long: 1_000_000, longest: 5_000_000 } as const;
type Length = keyof typeof lengths;

/**
 * Microseconds a status in ledgers of different length, each told of the same statuses in turn.
 *
 * @param open makes a ledger of so many rows, the last of which are {@link latest}, and opens its store
 */
export async function measureGrowth(
  open: (rows: number) => Promise<Store>,
  random: () => number,
): Promise<Record<Length, number[]>> {
  const costs: Record<Length, number[]> = { short: [], long: [], longest: [] };
  const stores = new Map<Length, Store>();
  for (const [length, rows] of Object.entries(lengths) as [Length, number][])
    stores.set(length, await open(rows));
  const statuses = statusesOf(0, latest, random);
  for (let from = 0; from < statuses.length; from += statusesARound) {
    for (const [length, store] of stores) {
      const start = performance.now();
      await eachOf(statuses.slice(from, from + statusesARound), statusesInFlight, status =>
        fold(store, status),
      );
      // The first round brings each into the system's cache.
      if (from > 0) costs[length].push(((performance.now() - start) * 1000) / statusesARound);
    }
  }
  for (const store of stores.values()) await store.close();
  return costs;
}

/** What growth costs, as rows. */
export function growthRows({ short, long, longest }: Record<Length, number[]>): Row[] {
  return [
    ratioRow('cost of a status, 1 million rows against 10,000', long, short, { most: 1.3 }),
    ratioRow('cost of a status, 5 million rows against 10,000', longest, short, { most: 1.3 }),
    {
      what: 'microseconds a status',
      value: `10,000 rows ${median(short).toFixed(0)}, 1 million ${median(long).toFixed(0)}, 5 million ${median(longest).toFixed(0)}`,
    },
  ];
}

async function fold(store: Store, status: BenchStatus): Promise<void> {
  const entries = [{ acknowledgement: acknowledgementOf(status) }];
  const { acknowledged } = await store.admit({
    admissions: [],
    rejected: [],
    ledger: { entries, shared: false },
    firstHolder: 'bot',
    now: Date.now(),
    leaseMs: 0,
  });
  if (acknowledged?.[0]?.what !== 'applied') throw new Error('a status did not change its row');
}
