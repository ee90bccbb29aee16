import type { Pool } from 'pg';
import type { Life, Logger, News, Scheduler, Sharing } from '../../ports.ts';
import { systemClock } from '../../timing/systemClock.ts';
import { PostgresChangeLog } from './changes/postgresChangeLog.ts';
import type { Instance } from './instance.ts';
import { Locks } from './locks.ts';
import { NewsLine } from './newsLine.ts';
import { openLine, type PoolOptions } from './openPool.ts';

/** When the leases of the engine are over that a batch may have taken whose answer was lost, with a second to spare. */
const leasesOverMs = 11_000;

/** What a {@link PostgresSharing} is made of. */
export interface PostgresSharingParts {
  readonly options: PoolOptions;
  readonly pool: Pool;
  readonly instance: Pick<Instance, 'id' | 'count' | 'life'>;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** The processes that share a database. */
export class PostgresSharing implements Sharing {
  readonly #instance: Pick<Instance, 'count' | 'life'>;
  readonly #locks: Locks;
  readonly #line: NewsLine;
  readonly #scheduler: Scheduler;
  #cancelLook: (() => void) | undefined;
  readonly changes: PostgresChangeLog;

  constructor({ options, pool, instance, scheduler, log }: PostgresSharingParts) {
    this.#instance = instance;
    this.#scheduler = scheduler;
    this.#locks = new Locks(options, { scheduler, log });
    this.#line = new NewsLine({ open: () => openLine(options), me: instance, scheduler, log });
    this.changes = new PostgresChangeLog({ pool, me: instance, clock: systemClock, scheduler, log });
    this.#line.hear(word => this.changes.heed(word));
  }

  get life(): Life {
    return this.#instance.life;
  }

  get instances(): number {
    return this.#instance.count;
  }

  /**
   * Begins to hear what the others tell.
   *
   * @throws whatever the database answers
   */
  async start(): Promise<void> {
    await this.#line.start();
    this.changes.start();
  }

  /**
   * An answer of the database was lost. What it leased to this process nobody is at: it is looked for when that is over, as no timer
   * waits for it.
   */
  lookLater(): void {
    this.#cancelLook?.();
    this.#cancelLook = this.#scheduler.after(leasesOverMs, () => this.#line.tell('due'));
  }

  /** Tells what is to be told still, and hears no more. */
  async close(): Promise<void> {
    this.#cancelLook?.();
    await Promise.all([this.changes.close(), this.#line.stop(), this.#locks.close()]);
  }

  onNews(listener: (news: News) => void): () => void {
    return this.#line.hear(what => {
      if (what === 'due' || what === 'policies') listener({ what });
    });
  }

  alone<T>(key: string, act: () => Promise<T>): Promise<T> {
    return this.#locks.run(key, act);
  }
}
