import type { Pool } from 'pg';
import { describeError } from '../../errors.ts';
import type { Logger, Scheduler } from '../../ports.ts';
import { measure } from '../../timing/systemClock.ts';
import { InstanceLife } from './instanceLife.ts';
import type { OwnLine } from './ownLine.ts';
import { areDead, areNone, lookAfter, released } from './released.ts';

/** How often a process says that it is there. */
const heartbeatMs = 1000;
/**
 * Who has been heard for so long without a break takes others for dead, and nobody else: while the database was away nobody was heard,
 * and the first who is would take all others for dead before they can say a word.
 */
const graceMs = 3000;

/**
 * This process among those that share the database. A lease is held by an instance and ends with it, by the clock of the
 * database: no clock of a machine that jumps, and no turn that takes long, hands work to a second one.
 */
export class Instance {
  readonly #pool: Pool;
  readonly #line: Pick<OwnLine, 'query' | 'close'>;
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

  /**
   * @param parts.line by which it says that it is there, however busy the pool is
   * @param parts.onDead called when one that had died was taken away
   */
  constructor(parts: {
    pool: Pool;
    line: Pick<OwnLine, 'query' | 'close'>;
    scheduler: Scheduler;
    log: Logger;
    onDead: () => void;
  }) {
    this.#pool = parts.pool;
    this.#line = parts.line;
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
    await this.#bury(areNone);
    this.#wait();
  }

  /** Says that it goes: what it had leased is due for the others at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#beating;
    await this.#burying;
    this.#life.end();
    await this.#line.close();
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
    const { rows } = await this.#line.query<{ id: number }>(
      'INSERT INTO instance DEFAULT VALUES RETURNING id',
    );
    this.#id = rows[0]?.id ?? 0;
    this.#life = new InstanceLife(sinceSaid);
    this.#heardFor = measure();
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
    this.#burying ??= this.#bury(this.#heardFor() >= graceMs ? areDead : areNone)
      .catch(error =>
        this.#log.warn(describeError(error), 'It cannot be known which other processes are there'),
      )
      .finally(() => {
        this.#burying = undefined;
      });
  }

  async #say(): Promise<void> {
    const sinceSaid = measure();
    const { rowCount } = await this.#line.query(
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
    const looked = await this.#pool.query<{ living: number; some: boolean }>(lookAfter(which));
    this.#count = Math.max(looked.rows[0]?.living ?? 1, 1);
    if (looked.rows[0]?.some !== true) return;
    const { rows } = await this.#pool.query<{ gone: number; freed: number }>(released(which, true));
    if ((rows[0]?.gone ?? 0) === 0) return;
    this.#log.warn({ lanes: rows[0]?.freed }, 'Another process is dead: its work is due again');
    this.#onDead();
  }
}
