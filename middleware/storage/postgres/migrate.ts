import type { Pool, QueryConfig } from 'pg';
import { BluetickError } from '../../errors.ts';
import type { Scheduler } from '../../ports.ts';
import { pause } from '../../timing/pause.ts';
import { measure, systemScheduler } from '../../timing/systemClock.ts';
import { isLocked } from './faults.ts';
import { migrations } from './migrations.ts';

/** A large table may take its time, and those who start at once wait for it. */
const limitMs = 10 * 60 * 1000;
/**
 * While a migration waits for a table that somebody reads, everybody who comes after it waits for that table too: it lets them go
 * on after so long, before they give up themselves, and asks again.
 */
const lockWaitMs = 500;
const lockAgainMs = 2000;

/** Of all who might hold an advisory lock on the database: "blue" and "tick", as numbers. */
const lockKey = '7093281947012345';

/**
 * Brings the tables up to date. Instances that start at once wait for one another: each migration is applied once, whole or
 * not at all. Those that serve meanwhile go on.
 *
 * @param steps what makes the tables, in order. Default those of this version
 * @throws BluetickError `invalid_configuration` if a newer version has made the tables; whatever the database answers, also where
 *   somebody has kept a table to himself for 10 minutes
 */
export async function migrate(
  pool: Pool,
  {
    steps = migrations,
    scheduler = systemScheduler,
  }: { steps?: readonly string[]; scheduler?: Scheduler } = {},
): Promise<void> {
  const waited = measure();
  for (;;) {
    try {
      if (await isUpToDate(pool, steps)) return;
    } catch (error) {
      if (!isLocked(error) || waited() >= limitMs) throw error;
      await pause(scheduler, lockAgainMs);
    }
  }
}

/** Takes one step, if there is one to take. */
async function isUpToDate(pool: Pool, steps: readonly string[]): Promise<boolean> {
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
    if (version > steps.length) throw newer(version, steps.length);
    const step = steps[version];
    if (step !== undefined) {
      await query(`SET LOCAL lock_timeout = ${lockWaitMs}`);
      await query(step);
      await query(
        `INSERT INTO bluetick_version (pk, version) VALUES (1, ${version + 1})
         ON CONFLICT (pk) DO UPDATE SET version = excluded.version`,
      );
    }
    await query('COMMIT');
    connection.release();
    return version + 1 >= steps.length;
  } catch (error) {
    connection.release(true);
    throw error;
  }
}

function newer(version: number, known: number): BluetickError {
  return new BluetickError(
    'invalid_configuration',
    `The database was made by a newer version of Bluetick (its tables are of version ${version}, this version knows ` +
      `${known}).`,
    { field: 'DATABASE_URL' },
  );
}
