/**
 * `npm run migrate-store`: moves the store of a business from the file in `BLUETICK_DATA` to the database of `DATABASE_URL`,
 * while the host is stopped. Ends with 0 when the database holds what the file holds; killed or cut off, it is run again.
 */
import { loadEnvFile } from 'node:process';
import { isBluetickError } from '../middleware/errors.ts';
import type { MoveStep } from '../middleware/storage/move/moveSteps.ts';
import { moveStore, type StoreMoved } from '../middleware/storage/move/moveStore.ts';
import { systemClock } from '../middleware/timing/systemClock.ts';
import { misconfigured } from './config/fields.ts';
import { readConfig, readSources, settingNames } from './config.ts';
import { embeddedStorePath, poolOptions } from './openStore.ts';
import { openSecrets } from './secrets/secrets.ts';
import { FileUploads, uploadsFolder } from './uploads/fileUploads.ts';
import { movedFiles } from './uploads/movedFiles.ts';

/** How often it is said how far a large table is. */
const tellEveryMs = 2000;

const head = ['table', 'rows in the file', 'in the database', 'checksum of the file', 'of the database', ''];
/** The columns that hold numbers: their ends stand below each other. */
const numbers: ReadonlySet<number> = new Set([1, 2]);

try {
  loadEnvFile();
} catch {
  // There is no .env file: the environment alone counts.
}

try {
  await main();
} catch (error) {
  if (!isBluetickError(error)) throw error;
  process.stderr.write(`bluetick: ${error.message}\n`);
  if (error.code === 'store_unavailable')
    process.stderr.write('bluetick: nothing is lost: run it again, and it goes on where it stopped.\n');
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const secrets = await openSecrets({
    config: readSources(process.env),
    env: process.env,
    names: settingNames,
  });
  const { database, dataFolder } = readConfig(await secrets.read().finally(() => secrets.close()));
  if (database === undefined)
    throw misconfigured(
      'DATABASE_URL',
      'DATABASE_URL: it must be set: the address of the PostgreSQL database that the store moves to.',
    );
  const path = embeddedStorePath(dataFolder);
  print(`Moving ${path} to PostgreSQL. The file is only read.`);
  const uploads = new FileUploads(uploadsFolder(dataFolder), { clock: systemClock, keepMs: 0 });
  const moved = await moveStore({
    path,
    database: await poolOptions(database),
    files: movedFiles(uploads),
    onStep: teller(),
  });
  process.exitCode = report(moved);
}

/** Says what became of it; answers the exit code. */
function report({ finishedBefore, tables }: StoreMoved): number {
  if (finishedBefore !== undefined) {
    print(`A store was moved into this database on ${finishedBefore.toISOString()}. Nothing was done now.`);
    return 0;
  }
  print(`\n${tableOf(tables)}\n`);
  const differ = tables.filter(({ same }) => !same).map(({ name }) => name);
  if (differ.length === 0) {
    print(
      'The database holds what the file holds. Start the host with DATABASE_URL; keep the file for a while.',
    );
    return 0;
  }
  process.stderr.write(
    `bluetick: the database does not hold what the file holds: ${differ.join(', ')}. Somebody has written to it: no host ` +
      'starts on it. Give an empty database, and run it again.\n',
  );
  return 1;
}

/** What moved, as a table for a terminal: a row for each table, counted and compared. */
function tableOf(tables: StoreMoved['tables']): string {
  const rows = tables.map(({ name, file, database, same }) => [
    name,
    file.rows.toLocaleString('en'),
    database.rows.toLocaleString('en'),
    file.checksum,
    database.checksum,
    same ? 'same' : 'DIFFERS',
  ]);
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map(row => (row[column] ?? '').length)));
  const padded = (cell: string, column: number) =>
    numbers.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return all.map(row => row.map(padded).join('  ').trimEnd()).join('\n');
}

/** Prints a line for each table and thing that is done with it, and some in between. */
function teller(): (step: MoveStep) => void {
  const began = Date.now();
  let last = { line: '', at: 0 };
  return ({ what, table, rows, of }) => {
    const now = Date.now();
    const line = `${what} ${table}`;
    if (line === last.line && now - last.at < tellEveryMs && rows !== of) return;
    last = { line, at: now };
    const seconds = ((now - began) / 1000).toFixed(1).padStart(6);
    const count = rows.toLocaleString('en');
    print(`${seconds} s  ${line}: ${count}${of === undefined ? '' : ` of ${of.toLocaleString('en')}`} rows`);
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
