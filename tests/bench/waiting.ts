import { execFileSync } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Admission } from '../../middleware/index.ts';
import { createOperations } from '../../middleware/storage/sql/operations.ts';
import { openDatabase } from '../../middleware/storage/sqlite/openDatabase.ts';
import { performNow, sqliteSql } from '../../middleware/storage/sqlite/sqliteSql.ts';
import { metaSettings, startHost } from './host.ts';
import { goalRow, median, type Row, type Section } from './report.ts';
import { benchBusiness, seeded } from './samples.ts';

const some = 100_000;
const many = 1_000_000;
const starts = 7;
const dayMs = 24 * 60 * 60 * 1000;

/** A start of the host: how long it took, and what the process then held. */
interface Start {
  readonly ms: number;
  readonly residentMb: number;
}

/** What receipts that wait cost a host: in memory, and at its start. */
export async function benchWaiting(folder: string): Promise<Section> {
  const folders = { none: join(folder, 'none'), some: join(folder, 'some'), many: join(folder, 'many') };
  for (const each of Object.values(folders)) await mkdir(each, { recursive: true });
  await fill(folders);
  const measured: Record<keyof typeof folders, Start[]> = { none: [], some: [], many: [] };
  for (let round = 0; round < starts; round += 1) {
    for (const which of ['none', 'some', 'many'] as const) {
      measured[which].push(await start(folders[which]));
    }
  }
  const { none } = measured;
  const above = (than: readonly Start[], figure: keyof Start) =>
    median(than.map((start, round) => start[figure] - Number(none[round]?.[figure])));
  return {
    title: 'Receipts that wait',
    shape: `The host as \`npm start\` runs it, on stores with no receipt that waits, with ${some.toLocaleString('en')} and with
${many.toLocaleString('en')}: one a conversation, due a day later. Start: from the spawn of the process to its line that it listens.
Memory: its resident set once it has answered \`/readyz\`. Medians of the differences of ${starts} interleaved starts.`,
    beside: `a table of due times with 1 million waiting opens and gives the first 500 that are due in 2 ms; a million in
memory hold 18 bytes each in typed arrays and 545 as timers.`,
    rows: [
      goalRow(
        `${some.toLocaleString('en')}: memory above none`,
        above(measured.some, 'residentMb'),
        { most: 16 },
        ' MB',
      ),
      goalRow(
        `${some.toLocaleString('en')}: start longer than none`,
        above(measured.some, 'ms'),
        { most: 50 },
        ' ms',
      ),
      goalRow(
        `${many.toLocaleString('en')}: memory above none`,
        above(measured.many, 'residentMb'),
        { most: 16 },
        ' MB',
      ),
      goalRow(
        `${many.toLocaleString('en')}: start longer than none`,
        above(measured.many, 'ms'),
        { most: 100 },
        ' ms',
      ),
      plainRow('none', none),
    ],
  };
}

function plainRow(what: string, all: readonly Start[]): Row {
  const ms = median(all.map(each => each.ms)).toFixed(0);
  const residentMb = median(all.map(each => each.residentMb)).toFixed(0);
  return { what, value: `start ${ms} ms, memory ${residentMb} MB` };
}

async function start(folder: string): Promise<Start> {
  const begin = performance.now();
  // Nothing is due, so nobody is called.
  const host = await startHost(folder, metaSettings('http://127.0.0.1:9'));
  const ms = performance.now() - begin;
  try {
    const { status } = await fetch(`http://127.0.0.1:${host.said[0]}/readyz`);
    if (status !== 200) throw new Error(`/readyz answered ${status}`);
    const kilobytes = Number(
      execFileSync('ps', ['-o', 'rss=', '-p', String(host.pid)], { encoding: 'utf8' }),
    );
    return { ms, residentMb: kilobytes / 1024 };
  } finally {
    await host.end();
  }
}

/**
 * Writes the stores by the store's own admission, in memory and without syncs: they are written once, and no crash is
 * waited for. The smaller one is the larger one as it was on the way.
 */
async function fill(folders: Readonly<Record<'none' | 'some' | 'many', string>>): Promise<void> {
  const random = seeded(4);
  const file = (folder: string) => join(folder, 'bluetick.sqlite');
  const add = (path: string, count: number) => {
    const db = openDatabase(path);
    db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000');
    const { admit } = createOperations(sqliteSql(db));
    db.exec('BEGIN');
    const now = Date.now();
    for (let done = 0; done < count; done += 1) {
      performNow(
        admit({ admissions: [waiting(now, random)], rejected: [], firstHolder: 'bot', now, leaseMs: 0 }),
      );
    }
    db.exec('COMMIT');
    db.close();
  };
  add(file(folders.none), 0);
  add(file(folders.many), some);
  await copyFile(file(folders.many), file(folders.some));
  add(file(folders.many), many - some);
}

/** A first message of a new customer, whose receipt is due in a day. */
function waiting(now: number, random: () => number): Admission {
  const id = () => random().toString(36).slice(2);
  const key = `wamid.${id()}${id()}${id()}`;
  return {
    message: {
      channel: 'meta',
      business: benchBusiness,
      customer: `49${Math.floor(random() * 1e12)}`,
      kind: 'message',
      key,
      providerId: key,
      sentAt: now,
      content: { type: 'text', text: 'Is my bicycle ready?' },
    },
    decidedOn: undefined,
    receipt: { outcome: 'scheduled', dueAt: now + dayMs, because: 'delayed by the policy' },
    solo: false,
    expiresAt: now + 30 * dayMs,
    characters: 20,
    turn: false,
  };
}
