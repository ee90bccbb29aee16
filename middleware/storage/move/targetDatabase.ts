import type { PoolClient, QueryArrayConfig, QueryArrayResult, QueryConfig } from 'pg';
import { BluetickError } from '../../errors.ts';
import { sqlStateOf } from '../postgres/faults.ts';
import { lockKeyOf } from '../postgres/touches.ts';
import type { Value } from '../sql/sql.ts';
import type { Batch } from './batches.ts';
import { type MovedTable, quoted } from './movedTables.ts';
import { toJson } from './rowJson.ts';

/** The longest that one statement may take: nobody waits for it but the move, and a large table has large indexes. */
const limitMs = 10 * 60 * 1000;
/** How long a start waits for a move that has just been killed: its last statement may be under way still. */
const lockTimeoutMs = 8000;
/** Rows that are read at once: few, as each may hold a bot's whole memory of a customer. */
const readAtOnce = 500;

/** A database that a store moves to, over one connection of its own. */
export class TargetDatabase {
  readonly #connection: PoolClient;

  /** @param connection is used by nobody else */
  constructor(connection: PoolClient) {
    this.#connection = connection;
  }

  /**
   * Keeps every other move away from the database for as long as the connection is there.
   *
   * @throws BluetickError `invalid_configuration` if another one is going on
   */
  async lock(): Promise<void> {
    await this.query(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = ${limitMs}`);
    try {
      await this.query(`SELECT pg_advisory_lock(${lockKeyOf('the move of a store')})`);
    } catch (error) {
      if (sqlStateOf(error) !== '55P03') throw error;
      throw new BluetickError('invalid_configuration', 'Another move into this database is going on.', {
        field: 'DATABASE_URL',
        cause: error,
      });
    }
    // A batch that a crash of the server takes away is away together with its mark, and those after it too.
    await this.query('SET synchronous_commit = off');
  }

  /** What is written from now on is on the disk before it counts, and with it all that came before. */
  async syncFromNowOn(): Promise<void> {
    await this.query('SET synchronous_commit = on');
  }

  /** Asks a statement. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    // A time-out for one query, which the types do not know.
    const config = { text, query_timeout: limitMs, ...(values.length > 0 && { values: [...values] }) };
    return (await this.#connection.query<Row>(config as QueryConfig)).rows;
  }

  /** Writes rows and marks how far the table is: both or neither. */
  async insert({ name, columns, key }: MovedTable, rows: Batch): Promise<void> {
    const names = columns.map(column => column.name);
    const last = rows.at(-1) as readonly Value[];
    const place = key.map(column => last[names.indexOf(column)] as Value);
    const arrays = columns.map(({ type }, index) => `CAST($${index + 1} AS ${type}[])`).join(', ');
    await this.query(
      `WITH added AS (INSERT INTO ${quoted(name)} (${quoted(...names)}) SELECT * FROM unnest(${arrays}))
       UPDATE store_move_table SET copied = copied + $${columns.length + 1}, place = $${columns.length + 2}
       WHERE name = $${columns.length + 3}`,
      [...columns.map((_, index) => rows.map(row => row[index])), rows.length, toJson(place), name],
    );
  }

  /** Lets the keys of a table go on behind the largest that it has, and not before `least`. */
  async countFrom({ name }: MovedTable, column: string, least: number): Promise<void> {
    await this.query(
      `SELECT setval(pg_get_serial_sequence($1, $2),
         greatest($3, (SELECT coalesce(max(${quoted(column)}), 0) + 1 FROM ${quoted(name)})), false)`,
      [quoted(name), column, least],
    );
  }

  /** Takes away the file that a killed move was at. */
  async forgetUnfinishedFiles(): Promise<void> {
    await this.query('DELETE FROM file WHERE size IS NULL');
  }

  /** The rows of a table in batches, in no order, as they are now. */
  async *batchesOf({ name, columns }: MovedTable): AsyncGenerator<Batch> {
    await this.query('BEGIN READ ONLY');
    const names = quoted(...columns.map(column => column.name));
    await this.query(`DECLARE moved NO SCROLL CURSOR FOR SELECT ${names} FROM ${quoted(name)}`);
    let next = this.#fetch();
    for (let rows = await next; rows.length > 0; rows = await next) {
      // While these are looked at, the next ones are on their way.
      next = this.#fetch();
      yield rows;
    }
    await this.query('COMMIT');
  }

  async #fetch(): Promise<Batch> {
    const text = `FETCH ${readAtOnce} FROM moved`;
    const config = { text, rowMode: 'array', query_timeout: limitMs } as QueryArrayConfig;
    const { rows } = (await this.#connection.query(config)) as QueryArrayResult<Value[]>;
    return rows;
  }
}
