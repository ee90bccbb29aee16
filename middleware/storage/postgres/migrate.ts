import type { Pool, QueryConfig } from 'pg';
import { BluetickError } from '../../errors.ts';
import { migrations } from './migrations.ts';

/** A large table may take its time, and those who start at once wait for it. */
const limitMs = 10 * 60 * 1000;

/** Of all who might hold an advisory lock on the database: "blue" and "tick", as numbers. */
const lockKey = '7093281947012345';

/**
 * Brings the tables up to date. Instances that start at once wait for one another: each migration is applied once, whole or
 * not at all.
 *
 * @throws BluetickError `invalid_configuration` if a newer version has made the tables
 */
export async function migrate(pool: Pool): Promise<void> {
  const connection = await pool.connect();
  const query = <Row extends object>(text: string) =>
    // A time-out for one query, which the types do not know.
    connection.query<Row>({ text, query_timeout: limitMs } as QueryConfig);
  try {
    await query(`BEGIN; SET LOCAL statement_timeout = ${limitMs}`);
    await query(`SELECT pg_advisory_xact_lock(${lockKey})`);
    await query(
      'CREATE TABLE IF NOT EXISTS bluetick_version (pk INTEGER PRIMARY KEY, version INTEGER NOT NULL)',
    );
    const { rows } = await query<{ version: number }>('SELECT version FROM bluetick_version');
    const version = rows[0]?.version ?? 0;
    if (version > migrations.length) throw newer(version);
    for (const migration of migrations.slice(version)) await query(migration);
    if (version < migrations.length)
      await query(
        `INSERT INTO bluetick_version (pk, version) VALUES (1, ${migrations.length})
         ON CONFLICT (pk) DO UPDATE SET version = excluded.version`,
      );
    await query('COMMIT');
    connection.release();
  } catch (error) {
    connection.release(true);
    throw error;
  }
}

function newer(version: number): BluetickError {
  return new BluetickError(
    'invalid_configuration',
    `The database was made by a newer version of Bluetick (its tables are of version ${version}, this version knows ` +
      `${migrations.length}).`,
    { field: 'DATABASE_URL' },
  );
}
