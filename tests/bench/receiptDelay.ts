import { setTimeout as delay } from 'node:timers/promises';
import { benchPostgresShape } from './benchPostgres.ts';
import { isDatabase, type StoreName, storeNames, storeSettings, withStores } from './benchStores.ts';
import { metaSettings, startHost } from './host.ts';
import { fillLedgerDatabase } from './ledgerDatabase.ts';
import { fillLedger } from './ledgerFile.ts';
import { type MetaProvider, startMetaProvider } from './metaProvider.ts';
import { percentile, type Row, type Section } from './report.ts';
import { benchBusiness, benchBusinesses, seeded, signedWebhook } from './samples.ts';
import { type Accepted, type PacedWebhook, sendPaced } from './sendPaced.ts';
import { type BenchStatus, signedStatuses, statusesOf } from './statusLoad.ts';

/** The host's own numbers: each may make 80 calls a second, and a message makes two, the receipt and the reply. */
const businesses = benchBusinesses(20);
/** The messages that statuses come for: enough for all that is tried. */
const known = 30_000;
const receiptWithinMs = 60_000;

/** Messages alone, and the day's rush: to each message ten statuses. */
const warmUp = { aSecond: 100, seconds: 3, statuses: 0 };
const idle = { aSecond: 20, seconds: 10, statuses: 0 };
const busy = { aSecond: 300, seconds: 10, statuses: 0 };
const rush = { aSecond: 3300, seconds: 10, statuses: 10 };
type Pace = typeof rush;
/** Where a rate is not carried, the next one is this part of what was accepted. */
const lessBy = 0.8;
const triesLimit = 3;

/** A webhook of a message has its id. */
type Sent = PacedWebhook & { readonly id?: string };

/** What a pace came to. */
interface Measured {
  readonly pace: Pace;
  /** Milliseconds from the moment of sending to the 200. */
  readonly acceptedMs: readonly number[];
  /** Milliseconds from the 200 to the receipt's call. */
  readonly calledMs: readonly number[];
  readonly rate: number;
  /** Whether all were accepted by a second after the last was to be sent. */
  readonly carried: boolean;
}

/** How soon after its message was accepted a receipt's call leaves. */
export async function benchReceiptDelay(folder: string): Promise<Section> {
  const provider = await startMetaProvider();
  try {
    const rows = await withStores(folder, async ({ newPlace }) => {
      const all: Row[] = [];
      for (const name of storeNames)
        all.push(...(await measureStore(name, await newPlace(name), folder, provider)));
      return all;
    });
    return {
      title: 'From acceptance to the receipt’s call',
      shape: `The host as \`npm start\` runs it, with Meta's channel for ${businesses.length} numbers, the sample bot that answers
each message, and a provider on loopback that answers at once. One event a webhook, at random moments: idle ${idle.aSecond} messages
a second, ${busy.aSecond} a second, and the rush, ${(rush.aSecond * 10) / 11} first-time statuses and ${rush.aSecond / 11} messages a second for ${rush.seconds} s. Sender and provider are one process beside it.
${benchPostgresShape}. Accepted: the sender has the 200; leaves: the provider has the call. All receipts are due at once. Where a
second after the end something had not even been sent, the rate is not carried: then a lower one is tried, in the same mixture.`,
      beside:
        'group commit answers 3,000 statuses a second with a p99 of 1.9 to 2.2 ms; nothing is on record for receipts.',
      rows,
    };
  } finally {
    await provider.close();
  }
}

async function measureStore(
  name: StoreName,
  place: string,
  folder: string,
  provider: MetaProvider,
): Promise<Row[]> {
  if (isDatabase(place)) await fillLedgerDatabase(place, known, known);
  else fillLedger(place, known, known);
  const settings = metaSettings(provider.url, [...businesses, benchBusiness]);
  const host = await startHost(folder, { ...settings, ...storeSettings(place) });
  const random = seeded(3);
  const statuses = statusesOf(0, known, random);
  const measure = (pace: Pace) => measurePace(Number(host.said[0]), pace, { provider, random, statuses });
  try {
    await measure(warmUp);
    const rows = [
      ...rowsOf(`${name}, idle`, await measure(idle)),
      ...rowsOf(`${name}, ${busy.aSecond} messages a second`, await measure(busy)),
    ];
    let pace = rush;
    for (let tries = 1; tries <= triesLimit; tries += 1) {
      const measured = await measure(pace);
      rows.push(...rowsOf(`${name}, ${pace.aSecond} events a second, of them 10 in 11 statuses`, measured));
      if (measured.carried) break;
      pace = { ...rush, aSecond: Math.round((measured.rate * lessBy) / 10) * 10 };
    }
    return rows;
  } finally {
    await host.end();
  }
}

async function measurePace(
  port: number,
  pace: Pace,
  from: {
    provider: MetaProvider;
    random: () => number;
    statuses: BenchStatus[];
  },
): Promise<Measured> {
  const { provider, random, statuses } = from;
  const next = (index: number): Sent => {
    const status = index % (pace.statuses + 1) === 0 ? undefined : statuses.pop();
    if (status !== undefined) return signedStatuses([status]);
    const business = businesses[Math.floor(random() * businesses.length)];
    const { ids, ...webhook } = signedWebhook(1, random, business);
    return { ...webhook, id: String(ids[0]) };
  };
  const webhooks = Array.from({ length: pace.aSecond * pace.seconds }, (_, index) => next(index));
  const { accepted, left, rate } = await sendPaced(port, webhooks, { aSecond: pace.aSecond, random });
  const messages = accepted.filter(({ sent }) => sent.id !== undefined);
  const calledAt = ({ sent }: Accepted<Sent>) => provider.receipts.get(String(sent.id));
  const deadline = performance.now() + receiptWithinMs;
  while (!messages.every(each => calledAt(each) !== undefined)) {
    if (performance.now() > deadline) throw new Error('A receipt was not sent in time');
    await delay(10);
  }
  return {
    pace,
    acceptedMs: accepted.map(({ dueAt, acceptedAt }) => acceptedAt - dueAt),
    calledMs: messages.map(each => Number(calledAt(each)) - each.acceptedAt),
    rate,
    carried: left === 0,
  };
}

function rowsOf(load: string, { acceptedMs, calledMs, carried, rate }: Measured): Row[] {
  const row = (what: string, figures: readonly number[]): Row => ({
    what: `${load}: ${what}`,
    value: `p50 ${percentile(figures, 0.5).toFixed(1)} ms, p99 ${percentile(figures, 0.99).toFixed(1)} ms`,
  });
  return [
    ...(carried
      ? []
      : [{ what: `${load}: not carried`, value: `${Math.round(rate)} a second were accepted` }]),
    row('accepted → the receipt’s call', calledMs),
    row('webhook sent → accepted', acceptedMs),
  ];
}
