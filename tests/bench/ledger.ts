import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createEngine, createPolicyBook, openSqliteStore } from '../../middleware/index.ts';
import { startProgram } from '../support/program.ts';
import { metaLike, scriptedChannel } from '../support/scriptedChannel.ts';
import { openBenchStore } from './benchStores.ts';
import { compareServers, rateRow, rounds, usualConnections } from './compareServers.ts';
import { eachOf } from './contenders.ts';
import { fillLedger } from './ledgerFile.ts';
import { goalRow, type Row, ratioRow, type Section } from './report.ts';
import { benchBusiness, seeded } from './samples.ts';
import { growthRows, latest, measureGrowth, statusesARound, statusesInFlight } from './statusGrowth.ts';
import { acknowledgementOf, statusesEach, statusesOf, statusRequest } from './statusLoad.ts';

/** What an acknowledgement costs: its intake over HTTP, the row in ledgers of different length, a repeat, memory, a day. */
export async function benchLedger(folder: string): Promise<Section> {
  const random = seeded(5);
  const single = await intake(join(folder, 'single'), 1, random);
  const ten = await intake(join(folder, 'ten'), 10, random);
  const growth = await measureGrowth(
    rows => openBenchStore(dirname(fillLedger(join(folder, `rows-${rows}`), rows, latest))),
    random,
  );
  const { first, repeats } = await measureRepeats(join(folder, 'repeats'), random);
  const day = await measureDay(join(folder, 'day'));
  return {
    title: 'Acknowledgements',
    shape: `Signed webhooks of Meta's form with first-time statuses (sent, delivered and read in any order) for the latest
${latest.toLocaleString('en')} messages, which have random ids, sent over ${usualConnections} keep-alive connections by a second process, each connection one
request at a time. Intake is the host's own route: signature, parse, fold, commit with \`synchronous=FULL\`, then 200. It is
compared as admission is; medians of ${rounds} interleaved rounds, quartiles in brackets. The cost in ledgers of different
length: ${statusesARound.toLocaleString('en')} statuses a round to each store in turn, ${statusesInFlight} in flight, without HTTP. Repeats: the engine is told the same
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
      ...growthRows(growth),
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
      await eachOf(statuses, statusesInFlight, status =>
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
