import { describeError } from '../middleware/errors.ts';
import type { Clock, Logger, Store } from '../middleware/ports.ts';
import { finishErasures } from '../middleware/privacy/eraseCustomer.ts';
import { eraseOld } from '../middleware/privacy/retention.ts';
import type { Uploads } from './uploads/uploads.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A start has other things to do first. */
const firstAfterMs = 60 * 1000;

/** What a sweep works with. */
export interface RetentionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly uploads: Pick<Uploads, 'remove'>;
  /** `undefined`: contents are kept until somebody has them erased. */
  readonly keepDays: number | undefined;
}

/**
 * Lets go of what is old, and goes on with erasures that were cut off: a minute after the start and then daily. Of the hosts that share a
 * store one does it at a time.
 */
export class RetentionSweeper {
  readonly #parts: RetentionParts;
  #timers: readonly NodeJS.Timeout[] = [];
  #sweeping: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Begins. */
  start(): void {
    const begin = () => this.#begin();
    this.#timers = [setTimeout(begin, firstAfterMs).unref(), setInterval(begin, dayMs).unref()];
  }

  /** Ends; a sweep that is under way ends at its next step, and the next one goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#sweeping;
  }

  /** One sweep. @throws BluetickError `store_unavailable`, also where another host has been at it for too long */
  async sweep(): Promise<void> {
    const { store, clock, log, uploads, keepDays } = this.#parts;
    const parts = { store, clock, removeFile: (id: string) => uploads.remove(id) };
    const act = async () => {
      for (const { id } of await finishErasures(parts))
        log.info({ id }, 'An erasure that was cut off is done');
      const old = await eraseOld(parts, keepDays, () => this.#stopped);
      if (old !== undefined) log.info({ id: old.id, counts: old.counts }, 'What was old is erased');
    };
    await (store.sharing === undefined ? act() : store.sharing.alone('retention', act));
  }

  #begin(): void {
    this.#sweeping = this.#sweeping
      .then(() => this.sweep())
      .catch(error => {
        if (!this.#stopped) this.#parts.log.warn(describeError(error), 'What is old could not be erased now');
      });
  }
}
