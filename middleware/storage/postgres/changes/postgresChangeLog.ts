import type { Pool } from 'pg';
import type { ChangeLog, LoggedChange } from '../../../changeLog.ts';
import type { Clock, Logger, Scheduler } from '../../../ports.ts';
import { countDown } from '../../../timing/countDown.ts';
import { Lookout } from '../../../timing/lookout.ts';
import { pause } from '../../../timing/pause.ts';
import { unavailable } from '../../commitQueue.ts';
import type { Word } from '../news.ts';
import { ChangeTable } from './changeTable.ts';
import { ChangeTail } from './changeTail.ts';
import { ChangeWriter } from './changeWriter.ts';
import { idOf } from './place.ts';

/** How often the log is looked after while there is one: its readers named, what is too old removed. */
const lookAfterEveryMs = 60_000;
/** How long the first reader waits until all processes add: one that has died is taken away by then, or soon. */
const agreeWithinMs = 2000;
const askAgainMs = 10;

/** What a {@link PostgresChangeLog} is made of. */
export interface PostgresChangeLogParts {
  readonly pool: Pool;
  readonly me: { readonly id: number };
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** The log of what changed, in tables that all processes read and write: see `migrations.ts`. */
export class PostgresChangeLog implements ChangeLog {
  readonly #parts: PostgresChangeLogParts;
  readonly #table: ChangeTable;
  readonly #writer: ChangeWriter;
  readonly #tail: ChangeTail;
  readonly #lookout: Lookout;
  #begin: (() => () => void) | undefined;
  /** Set while changes are added. */
  #end: (() => void) | undefined;
  /** As which instance, and to which log, this process has said that it adds. */
  #said = '';
  /** The log that all processes add to, as far as is known. */
  #agreed: string | undefined;

  constructor(parts: PostgresChangeLogParts) {
    this.#parts = parts;
    this.#table = new ChangeTable(parts.pool, parts.me);
    this.#tail = new ChangeTail({ ...parts, table: this.#table });
    this.#writer = new ChangeWriter({ ...parts, table: this.#table, added: () => this.#tail.look() });
    this.#lookout = new Lookout({ ...parts, what: 'the log of changes', look: () => this.#lookAfter() });
  }

  /** Begins with whatever log there is. */
  start(): void {
    this.#lookout.start();
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    await Promise.all([this.#lookout.stop(), this.#tail.close(), this.#writer.close()]);
  }

  /** Another process has said something. */
  heed(word: Word): void {
    if (word === 'changes' || word === 'readers') this.#tail.look();
    if (word === 'readers') this.#lookout.look();
  }

  /** A process has died, and what it was about to add with it. */
  lose(): void {
    this.#writer.lose();
  }

  whenRead(begin: () => () => void): void {
    this.#begin = begin;
    this.#lookout.look();
  }

  add(change: { readonly conversation?: string }): void {
    this.#writer.add({ conversation: change.conversation, text: JSON.stringify(change) });
  }

  follow(wake: () => void): () => void {
    const leave = this.#tail.follow(wake);
    // That somebody reads is said now, and then every minute.
    this.#lookout.look();
    return leave;
  }

  async latest(): Promise<string> {
    const epoch = await this.#table.read();
    if (this.#agreed !== epoch) await this.#agree(epoch);
    const place = await this.#table.latest();
    if (place === undefined) throw unavailable('the log of changes has ended just now');
    return idOf(place);
  }

  after(id: string, limit: number): Promise<readonly LoggedChange[] | undefined> {
    return this.#tail.after(id, limit);
  }

  /** Waits until all processes add to a log, so that nothing is missing behind its first reader. */
  async #agree(epoch: string): Promise<void> {
    const { clock, scheduler, log } = this.#parts;
    this.#lookout.look();
    const left = countDown(agreeWithinMs, clock);
    while (!(await this.#table.isAgreed(epoch))) {
      if (left() === 0) {
        log.warn(
          {},
          'Another process does not say that it tells what changes: something may be missing at first',
        );
        return;
      }
      await pause(scheduler, askAgainMs);
    }
    this.#agreed = epoch;
  }

  async #lookAfter(): Promise<number | undefined> {
    const { me, clock } = this.#parts;
    if (this.#tail.followed) await this.#table.read();
    const epoch = await this.#table.epoch();
    if (epoch === undefined) {
      this.#end?.();
      this.#end = undefined;
      return undefined;
    }
    this.#end ??= this.#begin?.();
    const said = `${me.id} ${epoch}`;
    if (said !== this.#said) await this.#table.agree(epoch);
    this.#said = said;
    await this.#table.sweep();
    return clock.now() + lookAfterEveryMs;
  }
}
