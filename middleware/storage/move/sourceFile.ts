import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BluetickError } from '../../errors.ts';
import { storable } from '../postgres/storable.ts';
import type { Value } from '../sql/sql.ts';
import { migrations } from '../sqlite/schema.ts';
import { type MovedTable, quoted } from './movedTables.ts';

/** How long a start waits for a host that is just ending to let go of the file. */
const lockTimeoutMs = 2000;

/**
 * Opens the file of an embedded store to read it. It stays as it is, also what a killed host has left beside it, and no host
 * can open it meanwhile.
 *
 * @throws BluetickError `invalid_configuration` if it is not there, is in use, or was made by another version
 */
export function openSourceFile(path: string): DatabaseSync {
  if (!existsSync(path))
    throw refused(
      `There is no store ${path}. BLUETICK_DATA must be the folder that the host has used so far.`,
    );
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true });
    db.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
    // The first look at the file takes the lock, which is kept from then on.
    checkVersion(path, Number(db.prepare('PRAGMA user_version').get()?.user_version));
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof BluetickError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw refused(
      /database is locked/.test(message)
        ? `The store ${path} is in use: stop the host first, and leave it stopped until it starts with DATABASE_URL. ` +
            'Meta brings its webhooks again for up to 7 days and Event Grid for 24 hours; Twilio, asked by #rp=all&rc=5, for ' +
            '15 seconds. docs/scale.md says how long a move takes.'
        : `The store ${path} cannot be read: ${message}.`,
      error,
    );
  }
}

function checkVersion(path: string, version: number): void {
  if (version === migrations.length) return;
  const made = `The store ${path} was made by another version of Bluetick (its tables are of version ${version}, this version knows ${migrations.length})`;
  throw refused(
    version > migrations.length
      ? `${made}: move it with that version.`
      : `${made}: start this version on it once, without DATABASE_URL, and stop it again.`,
  );
}

function refused(message: string, cause?: unknown): BluetickError {
  return new BluetickError('invalid_configuration', message, { field: 'BLUETICK_DATA', cause });
}

/**
 * The rows of a table as they move, in the order of its key. What was leased is due, as after any restart; a NUL is what
 * PostgreSQL takes in its place.
 *
 * @param after the key of the last one that is not wanted. Default: all are
 */
export function* rowsOfFile(
  db: DatabaseSync,
  { name, columns, key }: MovedTable,
  after?: readonly Value[],
): Generator<readonly Value[]> {
  const names = columns.map(column => column.name);
  const isLane = names.includes('leased');
  const places = key.map(() => '?').join(', ');
  const rows = db
    .prepare(
      `SELECT ${names.map(column => (isLane ? freed(column) : quoted(column))).join(', ')} FROM ${quoted(name)}
       ${after === undefined ? '' : `WHERE (${quoted(...key)}) > (${places})`} ORDER BY ${quoted(...key)}`,
    )
    .iterate(...(after ?? [])) as Iterable<Record<string, Value>>;
  for (const row of rows) yield names.map(column => storable(row[column] as Value));
}

/** A column of a lane that nobody has any more. */
function freed(column: string): string {
  if (column === 'leased') return '0 AS leased';
  if (column === 'due_at') return 'CASE WHEN leased = 0 THEN due_at ELSE 0 END AS due_at';
  return quoted(column);
}

/** The largest key that a table has ever given, where SQLite keeps that: an id that was told never comes again. */
export function largestKeyOf(db: DatabaseSync, { name }: MovedTable): number {
  const row = db.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').get(name);
  return Number(row?.seq ?? 0);
}
