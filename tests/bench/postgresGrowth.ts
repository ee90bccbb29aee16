import { benchPostgresShape } from './benchPostgres.ts';
import { openBenchStore, withStores } from './benchStores.ts';
import { fillLedgerDatabase } from './ledgerDatabase.ts';
import type { Section } from './report.ts';
import { seeded } from './samples.ts';
import { growthRows, latest, measureGrowth, statusesARound, statusesInFlight } from './statusGrowth.ts';

/** What a status costs in PostgreSQL as its ledger grows. */
export async function benchPostgresGrowth(folder: string): Promise<Section> {
  const costs = await withStores(folder, ({ newPlace }) =>
    measureGrowth(async rows => {
      const place = await newPlace('PostgreSQL');
      await fillLedgerDatabase(place, rows, latest);
      return openBenchStore(place);
    }, seeded(9)),
  );
  return {
    title: 'A ledger that grows, on PostgreSQL',
    shape: `${benchPostgresShape}. Ledgers of 10,000, 1 million and 5 million messages of 20,000 customers, filled by SQL;
${statusesARound.toLocaleString('en')} first-time statuses a round to each in turn, for the latest ${latest.toLocaleString('en')} messages, ${statusesInFlight} in flight, without HTTP.`,
    beside:
      'PostgreSQL with 5 million rows has 0.67 of the speed of an empty table, over one connection, and 0.81 over four.',
    rows: growthRows(costs),
  };
}
