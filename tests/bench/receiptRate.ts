import { benchPostgresShape } from './benchPostgres.ts';
import { type StoreName, withStores } from './benchStores.ts';
import { usualConnections } from './compareServers.ts';
import { inTurn } from './contenders.ts';
import { fetchContender, receiptBusinesses, receiptContender, startProvider } from './receiptRounds.ts';
import { median, ratioRow, type Section } from './report.ts';
import { seeded } from './samples.ts';
import { startWebhookServer } from './webhookServerProcess.ts';

const rounds = 5;
const receipts = 2000;

/** Receipts a second from end to end, on both stores, against a loop of `fetch` to the same provider. */
export async function benchReceiptRate(folder: string): Promise<Section> {
  const provider = await startProvider(folder);
  const [url = ''] = provider.said;
  const random = seeded(11);
  const setup = { kind: 'bluetick', provider: url, businesses: receiptBusinesses } as const;
  try {
    const { loop, sqlite, postgres } = await withStores(folder, ({ newPlace }) => {
      const serve = async (name: StoreName) => {
        const server = await startWebhookServer({ ...setup, store: await newPlace(name) }, folder);
        return receiptContender([server], { receipts, random });
      };
      return inTurn(
        {
          loop: async () => fetchContender(url, receipts),
          sqlite: () => serve('SQLite'),
          postgres: () => serve('PostgreSQL'),
        },
        rounds,
      );
    });
    return {
      title: 'Receipts from end to end',
      shape: `${receipts.toLocaleString('en')} signed webhooks a round, one first-time message each, to ${receiptBusinesses.length} of our numbers over ${usualConnections} connections: authenticated,
admitted, answered 200; then each receipt's call to a provider on loopback that answers at once, and what became of it written down. A
round ends with the last row. Against a loop of \`fetch\` that makes the same calls, ${usualConnections} in flight, and does nothing else.
${benchPostgresShape}. Medians of ${rounds} interleaved rounds, quartiles in brackets.`,
      beside:
        '`fetch` makes 6,000 to 7,000 calls a second over TLS, `undici.Pool` 54,800; nothing is on record for receipts.',
      rows: [
        ratioRow('SQLite, against the loop', sqlite, loop),
        ratioRow('PostgreSQL, against the loop', postgres, loop),
        ratioRow('PostgreSQL, against SQLite', postgres, sqlite),
        {
          what: 'receipts a second',
          value: `fetch ${Math.round(median(loop))}, SQLite ${Math.round(median(sqlite))}, PostgreSQL ${Math.round(median(postgres))}`,
        },
      ],
    };
  } finally {
    await provider.end();
  }
}
