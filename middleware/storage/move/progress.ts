import { BluetickError } from '../../errors.ts';
import { deadAfterMs } from '../postgres/instanceLife.ts';
import type { Value } from '../sql/sql.ts';
import { isSame, type TableSum } from './checksum.ts';
import { type MovedTable, quoted } from './movedTables.ts';
import { fromJson } from './rowJson.ts';
import type { TargetDatabase } from './targetDatabase.ts';

/** How far a table has come. */
export interface TableProgress extends TableSum {
  readonly name: string;
  /** Its rows that are over. */
  readonly copied: number;
  /** The key of the last one; `undefined`: none is over. */
  readonly place: readonly Value[] | undefined;
}

interface ProgressRow extends TableSum {
  readonly name: string;
  readonly copied: number;
  readonly place: string | null;
}

/** When the move into a database ended; `undefined`: it has not, or none began. */
export async function finishedAt(database: TargetDatabase): Promise<Date | undefined> {
  const [row] = await database.query<{ finished_at: Date | null }>('SELECT finished_at FROM store_move');
  return row?.finished_at ?? undefined;
}

/**
 * Begins a move, or goes on with it where it has begun. From then on no host starts on the database.
 *
 * @param sums of the file, by table: they tell this move from another, and a file that has changed from the one that it was
 * @throws BluetickError `invalid_configuration` if the database has data of others, or hosts are running on it
 */
export async function beginOrResume(
  database: TargetDatabase,
  tables: readonly MovedTable[],
  sums: ReadonlyMap<string, TableSum>,
): Promise<ReadonlyMap<string, TableProgress>> {
  const before = await progressOf(database);
  const begins = before.length === 0;
  if (begins) await begin(database, sums);
  else refuseOther(before, sums);
  try {
    const progress = new Map((begins ? await progressOf(database) : before).map(each => [each.name, each]));
    await refuseHosts(database);
    await refuseData(
      database,
      tables.filter(({ name }) => progress.get(name)?.place === undefined),
    );
    return progress;
  } catch (error) {
    if (begins) await forget(database);
    throw error;
  }
}

/** Marks the move as finished: hosts may start on the database. How far it was is forgotten: keys may name customers. */
export async function finish(database: TargetDatabase): Promise<void> {
  await database.query(
    'WITH forgotten AS (DELETE FROM store_move_table) UPDATE store_move SET finished_at = clock_timestamp()',
  );
}

async function progressOf(database: TargetDatabase): Promise<readonly TableProgress[]> {
  const rows = await database.query<ProgressRow>(
    'SELECT name, rows, checksum, copied, place FROM store_move_table ORDER BY name',
  );
  return rows.map(row => ({ ...row, place: row.place === null ? undefined : fromJson(row.place) }));
}

async function begin(database: TargetDatabase, sums: ReadonlyMap<string, TableSum>): Promise<void> {
  await database.query(
    `WITH begun AS (INSERT INTO store_move (pk) VALUES (1))
     INSERT INTO store_move_table (name, rows, checksum)
     SELECT * FROM unnest(CAST($1 AS text[]), CAST($2 AS int8[]), CAST($3 AS text[]))`,
    [
      [...sums.keys()],
      [...sums.values()].map(({ rows }) => rows),
      [...sums.values()].map(each => each.checksum),
    ],
  );
}

async function forget(database: TargetDatabase): Promise<void> {
  await database.query('DELETE FROM store_move_table; DELETE FROM store_move');
}

function refuseOther(before: readonly TableProgress[], sums: ReadonlyMap<string, TableSum>): void {
  const isThis =
    before.length === sums.size &&
    before.every(each => isSame(each, sums.get(each.name) ?? { rows: -1, checksum: '' }));
  if (isThis) return;
  throw refused(
    'A move into this database has begun, and not of the file as it is now: it is another one, or a host has worked on it ' +
      'since. Give an empty database.',
  );
}

/** Those that began before the move are seen here; one that begins later sees the move, and ends. */
async function refuseHosts(database: TargetDatabase): Promise<void> {
  const [row] = await database.query<{ count: number }>(
    `SELECT count(*) AS count FROM instance WHERE seen_at > clock_timestamp() - make_interval(secs => $1)`,
    [deadAfterMs / 1000],
  );
  const count = row?.count ?? 0;
  if (count > 0)
    throw refused(
      `Hosts are running on this database (${count}): stop them first. One that was killed counts for ${deadAfterMs / 1000} s more.`,
    );
}

async function refuseData(database: TargetDatabase, tables: readonly MovedTable[]): Promise<void> {
  for (const { name } of tables) {
    const [row] = await database.query<{ some: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM ${quoted(name)}) AS some`,
    );
    if (row?.some === true)
      throw refused(
        `The database has data already, in the table ${name}: a store moves into an empty one only.`,
      );
  }
}

function refused(message: string): BluetickError {
  return new BluetickError('invalid_configuration', `DATABASE_URL: ${message}`, { field: 'DATABASE_URL' });
}
