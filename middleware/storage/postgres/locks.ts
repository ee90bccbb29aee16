import type { Client } from 'pg';
import { describeError } from '../../errors.ts';
import type { Logger, Scheduler } from '../../ports.ts';
import { OneAtATime } from '../../timing/oneAtATime.ts';
import { pause } from '../../timing/pause.ts';
import { measure } from '../../timing/systemClock.ts';
import { unavailable } from '../commitQueue.ts';
import { defaultPatience, openLine, type PoolOptions } from './openPool.ts';
import { lockKeyOf } from './touches.ts';

/** How soon it is asked for again. It is seldom taken: two agents at one conversation, over two instances. */
const lookAgainMs = 25;
/** How often the connection says that it is there. */
const sayEveryMs = 3000;
/**
 * The server ends the connection of a process that has been silent for so long, and its locks with it: a machine that vanished
 * keeps nobody out for longer than others wait. (postgresql.org/docs/current/runtime-config-client.html, `idle_session_timeout`)
 */
const silentAfterMs = 8000;

/** A connection, and what is locked by it. */
interface Session {
  readonly client: Client;
  readonly held: Set<string>;
  isOver: boolean;
  /** Ceases to say that it is there. */
  stop: () => void;
}

/**
 * Locks by name, for this process among others: advisory locks of the database (its manual, 13.3.5), all by one connection that
 * does nothing else. So no work under a lock, however much, takes a connection from what it asks of the store. They are tried
 * and not waited for: a question that waits would keep all that come after it on the connection.
 */
export class Locks {
  readonly #options: PoolOptions;
  readonly #scheduler: Scheduler;
  readonly #log: Logger;
  readonly #waitMs: number;
  readonly #here = new OneAtATime();
  #session: Promise<Session> | undefined;
  #isClosed = false;

  constructor(options: PoolOptions, { scheduler, log }: { scheduler: Scheduler; log: Logger }) {
    this.#options = options;
    this.#scheduler = scheduler;
    this.#log = log;
    this.#waitMs = options.patience?.lockMs ?? defaultPatience.lockMs;
  }

  /** See `Sharing.alone`. A connection that is lost while `act` runs is no fault of that: at worst two run at once. */
  run<T>(key: string, act: () => Promise<T>): Promise<T> {
    return this.#here.run(key, async () => {
      const lock = lockKeyOf(`alone ${key}`);
      const session = await this.#take(lock);
      try {
        return await act();
      } finally {
        void this.#giveBack(session, lock);
      }
    });
  }

  /** Gives back whatever is locked. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const session = await this.#session?.catch(() => undefined);
    if (session !== undefined) this.#end(session);
  }

  async #take(lock: string): Promise<Session> {
    const waited = measure();
    for (let failed = false; ; ) {
      if (this.#isClosed) throw unavailable('it is closed');
      try {
        const session = await this.#opened();
        if (await this.#ask<boolean>(session, 'pg_try_advisory_lock', lock)) {
          session.held.add(lock);
          return session;
        }
      } catch (error) {
        // A connection may have been cut while nobody looked: another one tells.
        if (failed) throw unavailable('the database cannot say who else is at it', error);
        failed = true;
        continue;
      }
      if (waited() >= this.#waitMs) throw unavailable('another process is at it for too long');
      await pause(this.#scheduler, lookAgainMs);
    }
  }

  async #giveBack(session: Session, lock: string): Promise<void> {
    if (!session.held.delete(lock)) return;
    await this.#ask(session, 'pg_advisory_unlock', lock).catch(() => {});
  }

  /** Asks over a connection; one that fails is ended, and with it all that it has locked. */
  async #ask<T>(session: Session, what: string, lock: string): Promise<T> {
    try {
      const { rows } = await session.client.query<{ had: T }>({
        name: what,
        text: `SELECT ${what}($1) AS had`,
        values: [lock],
      });
      return rows[0]?.had as T;
    } catch (error) {
      this.#lose(session, error);
      throw error;
    }
  }

  #opened(): Promise<Session> {
    if (this.#session !== undefined) return this.#session;
    const opening = this.#open();
    this.#session = opening;
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  async #open(): Promise<Session> {
    const client = openLine(this.#options, [`idle_session_timeout=${silentAfterMs}`]);
    const session: Session = { client, held: new Set(), isOver: false, stop() {} };
    client.on('error', error => this.#lose(session, error));
    await client.connect();
    this.#keepUp(session);
    return session;
  }

  #keepUp(session: Session): void {
    if (session.isOver) return;
    session.stop = this.#scheduler.after(sayEveryMs, () => {
      session.client.query('SELECT 1').then(
        () => this.#keepUp(session),
        error => this.#lose(session, error),
      );
    });
  }

  #lose(session: Session, error: unknown): void {
    const { size } = session.held;
    if (!this.#end(session) || size === 0) return;
    const fields = { locks: size, ...describeError(error) };
    this.#log.warn(fields, 'Locks were lost with their connection: what they kept apart may meet');
  }

  /** Answers whether it was still open. */
  #end(session: Session): boolean {
    if (session.isOver) return false;
    session.isOver = true;
    this.#session = undefined;
    session.stop();
    session.held.clear();
    session.client.end().catch(() => {});
    return true;
  }
}
