import type { Pool } from 'pg';
import { describeError } from '../../errors.ts';
import type { Logger, Scheduler } from '../../ports.ts';
import { measure } from '../../timing/systemClock.ts';
import { deadAfterMs, InstanceLife } from './instanceLife.ts';
import { newsChannel, nobody, spoken } from './news.ts';

/** How often a process says that it is there. */
const heartbeatMs = 1000;
/**
 * Who has been heard for so long without a break takes others for dead, and nobody else: while the database was away nobody was heard,
 * and the first who is would take all others for dead before they can say a word.
 */
const graceMs = 3000;
/** In the place of a condition: none that is there. */
const none = 'FALSE';

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
  #life = new InstanceLife(measure());
  /** Since when it has been heard without a break. */
  #heardFor = measure();
  #cancel = () => {};
  #beating: Promise<void> | undefined;
  #burying: Promise<void> | undefined;
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

  /** See `Sharing.life`. Where it was taken for dead, a new one begins. */
  get life(): InstanceLife {
    return this.#life;
  }

  /** How many there are, this one included, as of the last time that it said that it is there. */
  get count(): number {
    return this.#count;
  }

  /** Says that it is there, and goes on doing so. */
  async start(): Promise<void> {
    await this.#begin();
    await this.#bury(none);
    this.#wait();
  }

  /** Says that it goes: what it had leased is due for the others at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#beating;
    await this.#burying;
    this.#life.end();
    if (this.#id === 0) return;
    await this.#pool.query(released('id = $1', false), [this.#id]).catch(() => {});
  }

  #wait(): void {
    if (this.#stopped) return;
    this.#cancel = this.#scheduler.after(heartbeatMs, () => {
      this.#beating = this.#beat().finally(() => this.#wait());
    });
  }

  async #begin(): Promise<void> {
    const sinceSaid = measure();
    const { rows } = await this.#pool.query<{ id: number }>(
      'INSERT INTO instance DEFAULT VALUES RETURNING id',
    );
    this.#id = rows[0]?.id ?? 0;
    this.#life = new InstanceLife(sinceSaid);
  }

  async #beat(): Promise<void> {
    const wasHeard = this.#life.goesOn === true;
    try {
      await this.#say();
    } catch (error) {
      this.#log.warn(describeError(error), 'The database cannot be told that this process is there');
      return;
    }
    if (!wasHeard) this.#heardFor = measure();
    // Not waited for: whoever looks after the dead must not fall silent over it.
    this.#burying ??= this.#bury(this.#heardFor() >= graceMs ? dead : none)
      .catch(error =>
        this.#log.warn(describeError(error), 'It cannot be known which other processes are there'),
      )
      .finally(() => {
        this.#burying = undefined;
      });
  }

  async #say(): Promise<void> {
    const sinceSaid = measure();
    const { rowCount } = await this.#pool.query(
      'UPDATE instance SET seen_at = clock_timestamp() WHERE id = $1',
      [this.#id],
    );
    if (rowCount === 1) return this.#life.confirm(sinceSaid);
    this.#life.end();
    this.#log.warn({}, 'This process was silent for too long: others have taken over what it was at');
    await this.#begin();
  }

  /** Gives the work of some to whoever looks next, and counts the living. */
  async #bury(which: string): Promise<void> {
    const [{ rows }, counted] = await Promise.all([
      this.#pool.query<{ gone: number; freed: number }>(released(which, true)),
      this.#pool.query<{ count: number }>(`SELECT count(*) FROM instance WHERE NOT (${dead})`),
    ]);
    this.#count = Math.max(counted.rows[0]?.count ?? 1, 1);
    if ((rows[0]?.gone ?? 0) === 0) return;
    this.#log.warn({ lanes: rows[0]?.freed }, 'Another process is dead: its work is due again');
    this.#onDead();
  }
}

/** Whoever has not been heard for too long. */
const dead = `seen_at < clock_timestamp() - make_interval(secs => ${deadAfterMs / 1000})`;

/**
 * Takes instances away, and makes what they had leased due. Who races for the same one waits, and finds it done. All others
 * are told, also where nothing was leased: what falls due later had a timer in the process that is gone, and nowhere else.
 *
 * What is leased by one that is not there is due as well: whoever was silent for too long, and lives, goes on leasing under its
 * old number until it notices.
 *
 * @param areDead whether nobody works there any more: then an escalation that was claimed is due as well, to be carried out again under
 *   the same key. Whoever stops in order has ended its work, or leaves it until the claim ends
 */
function released(which: string, areDead: boolean): string {
  /** What somebody has locked may be waited for as long as that one is silent: it is freed with the next look. */
  const freed = (table: string, key: string) =>
    `UPDATE ${table} SET leased = 0, due_at = 0 WHERE (${key}) IN
       (SELECT ${key} FROM ${table} WHERE leased IN (SELECT id FROM ended) FOR UPDATE SKIP LOCKED) RETURNING ${key}`;
  const strays = (table: string) =>
    `SELECT leased FROM ${table} WHERE leased <> 0 AND NOT EXISTS (SELECT 1 FROM instance WHERE id = leased)`;
  return `WITH gone AS (DELETE FROM instance WHERE ${which} RETURNING id),
    ended AS (SELECT id FROM gone UNION ${strays('lane')} UNION ${strays('forward_lane')}),
    lanes AS (${freed('lane', 'kind, conversation')}),
    forwards AS (${freed('forward_lane', 'lane')}),
    escalations AS (UPDATE escalation SET due_at = 0 WHERE pk IN
      (SELECT pk FROM escalation WHERE ${areDead} AND state = 'claimed'
        AND conversation IN (SELECT conversation FROM lanes WHERE kind = 'escalation') FOR UPDATE SKIP LOCKED))
    SELECT (SELECT count(*) FROM gone) AS gone,
      (SELECT count(*) FROM lanes) + (SELECT count(*) FROM forwards) AS freed,
      CASE WHEN EXISTS (SELECT 1 FROM ended) THEN pg_notify('${newsChannel}', '${spoken('due', nobody)}') END AS told`;
}
