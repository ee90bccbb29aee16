import type { Pool } from 'pg';
import { describeError } from '../../errors.ts';
import type { Logger, Scheduler } from '../../ports.ts';
import { newsChannel, nobody, spoken } from './news.ts';

/** How often a process says that it is there. */
export const heartbeatMs = 2000;
/** After so long without a word a process is dead. With the heartbeat of the one that notices it stays under 10 seconds. */
export const deadAfterMs = 7500;

/**
 * This process among those that share the database. A lease is held by an instance and ends with it, by the clock of the
 * database: no clock of a machine that jumps, and no turn that takes long, hands work to a second one.
 */
export class Instance {
  readonly #pool: Pool;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #onDead: () => void;
  #id = 0;
  #count = 1;
  #cancel = () => {};
  #beating: Promise<void> | undefined;
  #stopped = false;

  /** @param onDead called when one that had died was taken away */
  constructor(parts: { pool: Pool; scheduler: Scheduler; log: Logger; onDead: () => void }) {
    this.#pool = parts.pool;
    this.#scheduler = parts.scheduler;
    this.#log = parts.log;
    this.#onDead = parts.onDead;
  }

  /** Its number. It changes where it was taken for dead: what it had leased is no more its own. */
  get id(): number {
    return this.#id;
  }

  /** How many there are, this one included, as of the last time that it said that it is there. */
  get count(): number {
    return this.#count;
  }

  /** Says that it is there, and goes on doing so. */
  async start(): Promise<void> {
    await this.#begin();
    await this.#bury();
    this.#wait();
  }

  /** Says that it goes: what it had leased is due for the others at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#beating;
    if (this.#id === 0) return;
    await this.#pool.query(released('id = $1'), [this.#id]).catch(() => {});
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#cancel = this.#scheduler.after(heartbeatMs, () => {
      this.#beating = this.#beat().finally(() => this.#wait());
    });
  }

  async #begin(): Promise<void> {
    const { rows } = await this.#pool.query<{ id: number }>(
      'INSERT INTO instance DEFAULT VALUES RETURNING id',
    );
    this.#id = rows[0]?.id ?? 0;
  }

  async #beat(): Promise<void> {
    try {
      const { rowCount } = await this.#pool.query(
        'UPDATE instance SET seen_at = clock_timestamp() WHERE id = $1',
        [this.#id],
      );
      if (rowCount === 0) {
        this.#log.warn({}, 'This process was silent for too long: others have taken over what it was at');
        await this.#begin();
      }
      await this.#bury();
    } catch (error) {
      this.#log.warn(describeError(error), 'The database cannot be told that this process is there');
    }
  }

  /** Gives the work of those that are dead to whoever looks next, and counts the living. */
  async #bury(): Promise<void> {
    const dead = `seen_at < clock_timestamp() - make_interval(secs => $1)`;
    const [{ rows }, counted] = await Promise.all([
      this.#pool.query<{ gone: number; freed: number }>(released(dead), [deadAfterMs / 1000]),
      this.#pool.query<{ count: number }>(`SELECT count(*) FROM instance WHERE NOT (${dead})`, [
        deadAfterMs / 1000,
      ]),
    ]);
    this.#count = Math.max(counted.rows[0]?.count ?? 1, 1);
    if ((rows[0]?.gone ?? 0) === 0) return;
    this.#log.warn({ lanes: rows[0]?.freed }, 'Another process is dead: its work is due again');
    this.#onDead();
  }
}

/**
 * Takes instances away, and makes what they had leased due. Who races for the same one waits, and finds it done. All others
 * are told, also where nothing was leased: what falls due later had a timer in the process that is gone, and nowhere else.
 *
 * What is leased by one that is not there is due as well: whoever was silent for too long, and lives, goes on leasing under its
 * old number until it notices.
 */
function released(which: string): string {
  const strays = (table: string) =>
    `SELECT leased FROM ${table} WHERE leased <> 0 AND NOT EXISTS (SELECT 1 FROM instance WHERE id = leased)`;
  return `WITH gone AS (DELETE FROM instance WHERE ${which} RETURNING id),
    ended AS (SELECT id FROM gone UNION ${strays('lane')} UNION ${strays('forward_lane')}),
    lanes AS (UPDATE lane SET leased = 0, due_at = 0 WHERE leased IN (SELECT id FROM ended) RETURNING 1),
    forwards AS (UPDATE forward_lane SET leased = 0, due_at = 0 WHERE leased IN (SELECT id FROM ended) RETURNING 1)
    SELECT (SELECT count(*) FROM gone) AS gone,
      (SELECT count(*) FROM lanes) + (SELECT count(*) FROM forwards) AS freed,
      CASE WHEN EXISTS (SELECT 1 FROM ended) THEN pg_notify('${newsChannel}', '${spoken('due', nobody)}') END AS told`;
}
