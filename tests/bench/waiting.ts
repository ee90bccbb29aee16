import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { benchPostgresShape } from './benchPostgres.ts';
import { type StoreName, storeNames, storeSettings, withStores } from './benchStores.ts';
import { metaSettings, startHost } from './host.ts';
import { type MetaProvider, startMetaProvider } from './metaProvider.ts';
import { goalRow, median, type Row, type Section } from './report.ts';
import { fillWaiting, makeDue, waitingId } from './waitingStores.ts';

const starts = 7;
/** How many receipts wait. Each start needs one that it makes due. */
const counts = { none: starts, some: 100_000, many: 1_000_000 } as const;
type Which = keyof typeof counts;
const dispatchWithinMs = 30_000;

/** A start of the host: how long it took, when the receipt that was due had been sent, and what the process then held. */
interface Start {
  readonly ms: number;
  readonly dispatchedMs: number;
  readonly residentMb: number;
}

/** What receipts that wait cost a host: in memory, at its start, and until what is due goes out. */
export async function benchWaiting(folder: string): Promise<Section> {
  const provider = await startMetaProvider();
  try {
    const rows = await withStores(folder, async ({ newPlace }) => {
      const all: Row[] = [];
      for (const name of storeNames) {
        const place = () => newPlace(name);
        const places = { none: await place(), some: await place(), many: await place() };
        for (const which of Object.keys(counts) as Which[]) await fillWaiting(places[which], counts[which]);
        all.push(...rowsOf(name, await measure(folder, places, provider)));
      }
      return all;
    });
    return {
      title: 'Receipts that wait',
      shape: `The host as \`npm start\` runs it, on stores with next to no receipt that waits, with ${counts.some.toLocaleString('en')} and with
${counts.many.toLocaleString('en')}: one a conversation, due a day later, but for one that is due. ${benchPostgresShape}.
Start: from the spawn of the process to its line that it listens. First dispatch: from the spawn until the provider has the call of the one
that is due. Memory: its resident set then. Medians of the differences of ${starts} interleaved starts.`,
      beside: `a table of due times with 1 million waiting opens and gives the first 500 that are due in 2 ms; a million in
memory hold 18 bytes each in typed arrays and 545 as timers.`,
      rows,
    };
  } finally {
    await provider.close();
  }
}

async function measure(
  folder: string,
  places: Readonly<Record<Which, string>>,
  provider: MetaProvider,
): Promise<Record<Which, Start[]>> {
  const measured: Record<Which, Start[]> = { none: [], some: [], many: [] };
  for (let round = 1; round <= starts; round += 1) {
    for (const which of Object.keys(counts) as Which[]) {
      await makeDue(places[which], round);
      measured[which].push(await start(folder, places[which], provider, waitingId(round)));
      provider.receipts.clear();
    }
  }
  return measured;
}

function rowsOf(name: StoreName, measured: Readonly<Record<Which, Start[]>>): Row[] {
  const above = (which: Which, figure: keyof Start) =>
    median(measured[which].map((start, round) => start[figure] - Number(measured.none[round]?.[figure])));
  const figure = (of: keyof Start) => median(measured.none.map(each => each[of])).toFixed(0);
  const row = (which: Which, what: string, of: keyof Start, most: number) => {
    const count = counts[which].toLocaleString('en');
    return goalRow(
      `${name}, ${count}: ${what}`,
      above(which, of),
      { most },
      of === 'residentMb' ? ' MB' : ' ms',
    );
  };
  return [
    row('some', 'memory above none', 'residentMb', 16),
    row('some', 'start longer than none', 'ms', 50),
    row('some', 'first dispatch later than none', 'dispatchedMs', 50),
    row('many', 'memory above none', 'residentMb', 16),
    row('many', 'start longer than none', 'ms', 100),
    row('many', 'first dispatch later than none', 'dispatchedMs', 100),
    {
      what: `${name}, none`,
      value: `start ${figure('ms')} ms, first dispatch ${figure('dispatchedMs')} ms, memory ${figure('residentMb')} MB`,
    },
  ];
}

async function start(folder: string, place: string, provider: MetaProvider, due: string): Promise<Start> {
  const begin = performance.now();
  const host = await startHost(folder, { ...metaSettings(provider.url), ...storeSettings(place) });
  const ms = performance.now() - begin;
  try {
    while (!provider.receipts.has(due)) {
      if (performance.now() - begin > dispatchWithinMs) throw new Error('The receipt was not sent in time');
      await delay(2);
    }
    const { status } = await fetch(`http://127.0.0.1:${host.said[0]}/readyz`);
    if (status !== 200) throw new Error(`/readyz answered ${status}`);
    const kilobytes = Number(
      execFileSync('ps', ['-o', 'rss=', '-p', String(host.pid)], { encoding: 'utf8' }),
    );
    return {
      ms,
      dispatchedMs: Number(provider.receipts.get(due)) - begin,
      residentMb: kilobytes / 1024,
    };
  } finally {
    await host.end();
  }
}
