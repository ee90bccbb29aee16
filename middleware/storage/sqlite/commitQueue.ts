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
 * Group commit without a timer: what is called in one turn of the event loop shares a commit, and what comes while
 * a commit is under way shares the next one. So the slower the disk, the larger the batches.
 */
export class CommitQueue {
  readonly #runner: BatchRunner;
  readonly #recent: RecentAnswers | undefined;
  #waiting: Waiting[] = [];
  #turn: Promise<void> | undefined;
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
      this.#running ??= this.#nextTurn().then(() => this.#drain());
    });
  }

  close(): Promise<void> {
    this.#closed ??= (this.#running ?? Promise.resolve()).then(() => this.#runner.close());
    return this.#closed;
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

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
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
    this.#running = undefined;
  }
}

function unavailable(why: string, cause?: unknown): BluetickError {
  return new BluetickError('store_unavailable', `The store cannot be written: ${why}`, { cause });
}
