import { describeError } from '../../../errors.ts';
import type { Logger, Scheduler } from '../../../ports.ts';
import { pause } from '../../../timing/pause.ts';
import type { ChangeTable, NewChange } from './changeTable.ts';

/** The least time between two batches: each one wakes every process. */
const batchEveryMs = 20;
/** How soon a database that did not answer is asked again. */
const retryMs = 1000;
/** The most changes that wait for it: some megabytes. */
const waitingLimit = 10_000;

/** What a {@link ChangeWriter} works with. */
export interface ChangeWriterParts {
  readonly table: Pick<ChangeTable, 'add' | 'beginAnew'>;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Called when some were added. */
  readonly added: () => void;
}

/**
 * Writes what changed in this process, in its order: at once, and then in batches. Of a batch that failed it is not known
 * whether it was kept: it is left, and the log begins anew.
 */
export class ChangeWriter {
  readonly #parts: ChangeWriterParts;
  #waiting: NewChange[] = [];
  /** Not all was written: before the next batch the log has to begin anew. */
  #lost = false;
  #writing: Promise<void> | undefined;
  #closed = false;

  constructor(parts: ChangeWriterParts) {
    this.#parts = parts;
  }

  add(change: NewChange): void {
    if (this.#waiting.length >= waitingLimit) {
      this.#waiting = [];
      this.#lost = true;
    }
    this.#waiting.push(change);
    this.#begin();
  }

  /** Some changes were lost on their way, perhaps: whoever reads has to load anew. */
  lose(): void {
    this.#lost = true;
    this.#begin();
  }

  /** Writes what waits, once, and resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    if (this.#waiting.length > 0) await this.#write();
  }

  #begin(): void {
    if (this.#closed) return;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // What changes in one turn of the event loop goes together.
    await new Promise(setImmediate);
    while (!this.#closed && (this.#lost || this.#waiting.length > 0)) {
      const isWritten = await this.#write();
      await pause(this.#parts.scheduler, isWritten ? batchEveryMs : retryMs);
    }
  }

  async #write(): Promise<boolean> {
    const { table, log, added } = this.#parts;
    const beginsAnew = this.#lost;
    this.#lost = false;
    try {
      if (beginsAnew) await table.beginAnew();
      const batch = this.#waiting;
      this.#waiting = [];
      if (batch.length === 0) return true;
      await table.add(batch);
      added();
      return true;
    } catch (error) {
      this.#lost = true;
      if (!beginsAnew)
        log.warn(describeError(error), 'What changed may be missing from the live streams: they begin anew');
      return false;
    }
  }
}
