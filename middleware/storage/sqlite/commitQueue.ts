import { BluetickError } from '../../errors.ts';
import type { OperationName } from './operations.ts';
import type { RecentAnswers } from './recentAnswers.ts';
import type { OperationCall, OperationResult } from './runBatch.ts';

/** Runs a batch somewhere: in a thread, or in place. Rejects if the batch as a whole failed. */
export interface BatchRunner {
  run(calls: readonly OperationCall[]): Promise<readonly OperationResult[]>;
  close(): Promise<void>;
}

interface Waiting extends OperationCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * So many calls go to an idle thread at once, before the turn of the event loop ends: what they wait for is then under way
 * while the others of the turn are still being made. Fewer would spend a sync on almost nothing.
 */
const enough = 16;

/**
 * Group commit without a timer: what is called in one turn of the event loop shares a commit, and what comes while
 * a commit is under way shares the next one. So the slower the disk, the larger the batches.
 */
export class CommitQueue {
  readonly #runner: BatchRunner;
  readonly #recent: RecentAnswers | undefined;
  #waiting: Waiting[] = [];
  #turn: Promise<void> | undefined;
  /** The batch that is under way. */
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @param recent what is known without the runner; absent: nothing */
  constructor(runner: BatchRunner, recent?: RecentAnswers) {
    this.#runner = runner;
    this.#recent = recent;
  }

  call(name: OperationName, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed !== undefined) return Promise.reject(unavailable('it is closed'));
    const known = this.#recent?.answer(name, args);
    // Receipts not sooner than from the quickest thread: a bot that ends its turn at once, or answers, is waited for.
    if (known !== undefined && name === 'dueReceipts') return this.#nextTurn().then(() => known);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, args, resolve, reject });
      if (this.#waiting.length === 1) void this.#nextTurn().then(() => this.#begin());
      else if (this.#waiting.length === enough) this.#begin();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#begin();
    while (this.#running !== undefined) await this.#running;
    await this.#runner.close();
  }

  /** Resolves in the next turn of the event loop: for all that wait for it at once. */
  #nextTurn(): Promise<void> {
    this.#turn ??= new Promise(done => {
      setImmediate(() => {
        this.#turn = undefined;
        done();
      });
    });
    return this.#turn;
  }

  /** Runs what waits, if nothing is under way. */
  #begin(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#running = this.#run(batch).then(() => {
      this.#running = undefined;
      this.#begin();
    });
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    try {
      const calls = batch.map(({ name, args }) => ({ name, args }));
      const results = await this.#runner.run(calls);
      batch.forEach((call, index) => {
        const result = results[index];
        if (result !== undefined && !('error' in result)) {
          this.#recent?.learn(call.name, call.args, result.value);
          call.resolve(result.value);
        } else
          call.reject(
            new BluetickError('internal', `The store could not ${call.name}`, { cause: result?.error }),
          );
      });
    } catch (error) {
      this.#recent?.forget();
      for (const { reject } of batch) reject(unavailable('the transaction failed', error));
    }
  }
}

function unavailable(why: string, cause?: unknown): BluetickError {
  return new BluetickError('store_unavailable', `The store cannot be written: ${why}`, { cause });
}
