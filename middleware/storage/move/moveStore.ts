import type { DatabaseSync } from 'node:sqlite';
import { BluetickError, isBluetickError } from '../../errors.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { unavailable } from '../commitQueue.ts';
import { cannotOpen } from '../postgres/cannotOpen.ts';
import { isRefusal, sqlStateOf } from '../postgres/faults.ts';
import { DatabaseFiles } from '../postgres/files.ts';
import { migrate } from '../postgres/migrate.ts';
import { openPool, type PoolOptions } from '../postgres/openPool.ts';
import { batchesOf } from './batches.ts';
import { isSame, type TableSum } from './checksum.ts';
import { copyFiles, type MovedFile } from './copyFiles.ts';
import { columnsOfDatabase, columnsOfFile, type MovedTable, movedTables, quoted } from './movedTables.ts';
import { copy, type MoveStep, sumOf } from './moveSteps.ts';
import { beginOrResume, finish, finishedAt, type TableProgress } from './progress.ts';
import { largestKeyOf, openSourceFile, rowsOfFile } from './sourceFile.ts';
import { TargetDatabase } from './targetDatabase.ts';

/** A table that has moved. */
export interface TableMoved {
  readonly name: string;
  readonly file: TableSum;
  readonly database: TableSum;
  readonly same: boolean;
}

/** What {@link moveStore} answers. */
export interface StoreMoved {
  /** When this database got a store by a move before; then nothing was done now. */
  readonly finishedBefore?: Date;
  /** The tables that were moved and compared. */
  readonly tables: readonly TableMoved[];
}

/** Options of {@link moveStore}. */
export interface MoveOptions {
  /** The file of the embedded store. It is only read. */
  readonly path: string;
  /** The database. Its tables are made. */
  readonly database: PoolOptions;
  /** What stands beside the file, and is kept in the database from now on. Default nothing. */
  readonly files?: AsyncIterable<MovedFile>;
  /** The most rows in a transaction. Default 2000: more gain nothing, and a move that is killed has less to do again. */
  readonly batchRows?: number;
  /** Is called with each step: a batch, or some thousand rows. Default nobody is. */
  readonly onStep?: (step: MoveStep) => void;
}

/**
 * Moves an embedded store to PostgreSQL: every row with its key, and what was leased is due. It may be killed at any time, and
 * called again: it goes on behind the last batch. In the end all tables of both are compared; hosts start on the database
 * only when they hold the same.
 *
 * @throws BluetickError `invalid_configuration` if the file is not there, in use, or another version's, or if the database has
 *   other data, or hosts on it; `store_unavailable` if the database cannot be reached: called again, the move goes on
 */
export async function moveStore({
  path,
  database,
  files = none(),
  batchRows = 2000,
  onStep = () => {},
}: MoveOptions): Promise<StoreMoved> {
  const file = openSourceFile(path);
  const pool = openPool(database);
  try {
    await migrate(pool).catch(error => {
      throw cannotOpen(error);
    });
    const connection = await pool.connect();
    // One that is cut off says so to whoever asks it; without a listener the process would end.
    connection.on('error', () => {});
    try {
      const tables = movedTables(columnsOfFile(file), await columnsOfDatabase(connection));
      const target = new TargetDatabase(connection);
      const kept = new DatabaseFiles(pool);
      return await move({ file, database: target, tables, files, kept, batchRows, onStep });
    } finally {
      // It holds the lock, and settings of its own.
      connection.release(true);
    }
  } catch (error) {
    throw told(error);
  } finally {
    file.close();
    await pool.end();
  }
}

/** What a database refused is said by its code alone: its words may hold what a row held. */
function told(error: unknown): unknown {
  if (isBluetickError(error)) return error;
  if (!isRefusal(error)) return unavailable('the move into the database was cut off', error);
  const state = sqlStateOf(error);
  if (state === undefined) return error;
  return new BluetickError('internal', `The database refused a part of the move (SQLSTATE ${state})`, {
    cause: error,
  });
}

async function* none(): AsyncGenerator<never> {}

interface Move {
  readonly file: DatabaseSync;
  readonly database: TargetDatabase;
  readonly tables: readonly MovedTable[];
  readonly files: AsyncIterable<MovedFile>;
  /** Where they are kept from now on. */
  readonly kept: DatabaseFiles;
  readonly batchRows: number;
  readonly onStep: (step: MoveStep) => void;
}

async function move(all: Move): Promise<StoreMoved> {
  const { file, database, tables, batchRows, onStep } = all;
  await database.lock();
  const finishedBefore = await finishedAt(database);
  if (finishedBefore !== undefined) return { finishedBefore, tables: [] };
  const sums = new Map<string, TableSum>();
  for (const table of tables) {
    const batches = batchesOf(rowsOfFile(file, table), batchRows);
    sums.set(table.name, await sumOf(batches, { what: 'reads', table: table.name }, onStep));
  }
  const progress = await beginOrResume(database, tables, sums);
  for (const table of tables) {
    const { place, copied, rows: of } = progress.get(table.name) as TableProgress;
    const batches = batchesOf(rowsOfFile(file, table, place), batchRows);
    const step = { what: 'copies', table: table.name, of } as const;
    await copy(database, table, batches, rows => onStep({ ...step, rows: copied + rows }));
  }
  const moved: TableMoved[] = [];
  for (const table of tables) {
    const [{ name }, there] = [table, sums.get(table.name) as TableSum];
    const step = { what: 'checks', table: name, of: there.rows } as const;
    const here = await sumOf(database.batchesOf(table), step, onStep);
    moved.push({ name, file: there, database: here, same: isSame(there, here) });
  }
  moved.push(await moveFiles(all));
  if (moved.every(({ same }) => same)) await open(file, database, tables);
  return { tables: moved };
}

async function moveFiles({ database, files, kept, onStep }: Move): Promise<TableMoved> {
  await database.forgetUnfinishedFiles();
  const now = systemClock.now();
  const sums = await copyFiles(files, kept, now, rows => onStep({ what: 'copies', table: 'file', rows }));
  return { name: 'file', ...sums, same: isSame(sums.file, sums.database) };
}

/** Lets hosts start: new rows get keys behind those that are there, and the planner knows what is in the tables. */
async function open(
  file: DatabaseSync,
  database: TargetDatabase,
  tables: readonly MovedTable[],
): Promise<void> {
  for (const table of tables) {
    const { name, identity } = table;
    if (identity !== undefined) await database.countFrom(table, identity, largestKeyOf(file, table) + 1);
    await database.query(`ANALYZE ${quoted(name)}`);
  }
  await database.syncFromNowOn();
  await finish(database);
}
