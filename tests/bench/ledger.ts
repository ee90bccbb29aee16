import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngine, createPolicyBook, openSqliteStore, type Store } from '../../middleware/index.ts';
import { startProgram } from '../support/program.ts';
import { metaLike, scriptedChannel } from '../support/scriptedChannel.ts';
import { compareServers, rateRow, rounds, usualConnections } from './compareServers.ts';
import { fillLedger } from './ledgerFile.ts';
import { goalRow, median, type Row, ratioRow, type Section } from './report.ts';
import { benchBusiness, seeded } from './samples.ts';
import {
  acknowledgementOf,
  type BenchStatus,
  statusesEach,
  statusesOf,
  statusRequest,
} from './statusLoad.ts';

/** The messages that statuses come for: the latest of a ledger. */
const latest = 10_000;
const inFlight = 64;
/** The ledgers whose cost is compared. */
const lengths = { short: latest, long: 1_000_000, longest: 5_000_000 } as const;
type Length = keyof typeof lengths;
/** How many statuses each gets in a round: all of the latest messages in six of them. */
const statusesARound = (latest * statusesEach) / 6;

/** What an acknowledgement costs: its intake over HTTP, the row in ledgers of different length, a repeat, memory, a day. */
export async function benchLedger(folder: string): Promise<Section> {
  const random = seeded(5);
  const single = await intake(join(folder, 'single'), 1, random);
  const ten = await intake(join(folder, 'ten'), 10, random);
  const growth = await measureGrowth(folder, random);
  const { first, repeats } = await measureRepeats(join(folder, 'repeats'), random);
  const day = await measureDay(join(folder, 'day'));
  return {
    title: 'Acknowledgements',
    shape: `Signed webhooks of Meta's form with first-time statuses (sent, delivered and read in any order) for the latest
${latest.toLocaleString('en')} messages, which have random ids, sent over ${usualConnections} keep-alive connections by a second process, each connection one
request at a time. Intake is the host's own route: signature, parse, fold, commit with \`synchronous=FULL\`, then 200. It is
compared as admission is; medians of ${rounds} interleaved rounds, quartiles in brackets. The cost in ledgers of different
length: ${statusesARound.toLocaleString('en')} statuses a round to each store in turn, ${inFlight} in flight, without HTTP. Repeats: the engine is told the same
statuses again. A day: 300,000 statuses of 100,000 messages; memory: 3 million statuses in a process of its own.`,
    beside: `parse only 51,900 requests a second on an idle machine; with first-time random ids the upsert of one row 0.50 to
0.52 of it at one event a request, 0.12 to 0.15 at ten; an integer key with a unique index on the provider's id stays flat.`,
    rows: [
      ratioRow('against parsing only, 1 status a request', single.bluetick, single.parse, { least: 0.45 }),
      ratioRow('against parsing only, 10 statuses a request', ten.bluetick, ten.parse, { least: 0.2 }),
      ratioRow('against one commit a request, 1 status', single.bluetick, single.serial, { least: 1.5 }),
      ratioRow('against one commit a request, 10 statuses', ten.bluetick, ten.serial, { least: 1.2 }),
      rateRow('requests a second, 1 status each', single),
      rateRow('requests a second, 10 statuses each', ten),
      ratioRow('cost of a status, 1 million rows against 10,000', growth.long, growth.short, { most: 1.3 }),
      ratioRow('cost of a status, 5 million rows against 10,000', growth.longest, growth.short, {
        most: 1.3,
      }),
      {
        what: 'microseconds a status',
        value: `10,000 rows ${median(growth.short).toFixed(0)}, 1 million ${median(growth.long).toFixed(0)}, 5 million ${median(growth.longest).toFixed(0)}`,
      },
      ratioRow('repeats against first-time statuses', repeats, first, { least: 2 }),
      ...day,
    ],
  };
}

/** Intake over HTTP. Each round has messages of its own, so that every status comes for the first time. */
function intake(folder: string, events: number, random: () => number) {
  const requests = { parse: 8000, bluetick: 4000, serial: 1000 } as const;
  const messagesOf = (count: number) => Math.ceil((count * events) / statusesEach);
  return compareServers({
    folder,
    requests: events === 1 ? requests : { parse: 2400, bluetick: 1200, serial: 400 },
    requestsOf(kind, round, count) {
      const messages = messagesOf(count);
      // Nothing is stored where they are only parsed.
      const from = kind === 'parse' ? 0 : round * messages;
      const statuses = statusesOf(from, from + messages, random).slice(0, count * events);
      return Array.from({ length: count }, (_, index) =>
        statusRequest(statuses.slice(index * events, (index + 1) * events)),
      );
    },
    prepare: data => {
      const all = (rounds + 1) * messagesOf(events === 1 ? requests.bluetick : 1200);
      fillLedger(data, Math.max(all, latest), all);
    },
  });
}

/** Microseconds a status in each round, in ledgers of different length. */
async function measureGrowth(folder: string, random: () => number): Promise<Record<Length, number[]>> {
  const costs: Record<Length, number[]> = { short: [], long: [], longest: [] };
  const stores = new Map<Length, Store>();
  for (const [length, rows] of Object.entries(lengths) as [Length, number][])
    stores.set(length, await openSqliteStore({ path: fillLedger(join(folder, length), rows, latest) }));
  const statuses = statusesOf(0, latest, random);
  for (let from = 0; from < statuses.length; from += statusesARound) {
    for (const [length, store] of stores) {
      const start = performance.now();
      await each(statuses.slice(from, from + statusesARound), status => fold(store, status));
      // The first round brings each file into the system's cache.
      if (from > 0) costs[length].push(((performance.now() - start) * 1000) / statusesARound);
    }
  }
  for (const store of stores.values()) await store.close();
  return costs;
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

/** Statuses a second for the first time, and again: through the engine, without HTTP. */
async function measureRepeats(folder: string, random: () => number) {
  const first: number[] = [];
  const repeats: number[] = [];
  const store = await openSqliteStore({ path: fillLedger(folder, latest, latest) });
  const channel = { ...scriptedChannel(metaLike, () => 0), businesses: [benchBusiness] };
  const engine = createEngine({ store, channels: [channel], policies: createPolicyBook({}, [channel]) });
  engine.start();
  const all = statusesOf(0, latest, random);
  for (let from = 0; from < all.length; from += statusesARound) {
    const statuses = all.slice(from, from + statusesARound).map(acknowledgementOf);
    const take = async () => {
      const start = performance.now();
      await each(statuses, status =>
        engine.admit(channel, { messages: [], acknowledgements: [status], rejected: [] }),
      );
      return statuses.length / ((performance.now() - start) / 1000);
    };
    first.push(await take());
    repeats.push(await take());
  }
  await engine.stop();
  await store.close();
  return { first, repeats };
}

/** A day's statuses folded, and ten days' memory. */
async function measureDay(folder: string): Promise<Row[]> {
  const path = fillLedger(folder, 1_000_000, 1_000_000);
  const before = (await stat(path)).size;
  const program = await startProgram([join(import.meta.dirname, 'ledgerMemory.ts'), path], {
    ready: /^day (\d+) size (\d+) resident (\d+) then (\d+)$/,
    folder,
    withinMs: 600_000,
  });
  const [ms = 0, size = 0, resident = 0, then = 0] = program.said.map(Number);
  await program.end();
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  return [
    goalRow('resident memory at its most over 3 million statuses, against after 300,000', then / resident, {
      most: 1.1,
    }),
    {
      what: '300,000 statuses folded',
      value: `${(ms / 1000).toFixed(1)} s; the store of 1 million messages has ${megabytes(size)} MB, ${megabytes(size - before)} MB more than before`,
    },
    { what: 'resident memory', value: `${megabytes(resident * 1024)} MB, then ${megabytes(then * 1024)} MB` },
  ];
}

/** Does something for each, some at a time. */
async function each<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (const item of left) await act(item);
    }),
  );
}
