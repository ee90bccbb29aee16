import { BluetickError } from '../errors.ts';
import { nextTurn } from './nextTurn.ts';
import type { OperationCall, OperationResult } from './operationCall.ts';
import type { OperationName } from './sql/operations.ts';

/** Runs batches somewhere: in a thread, in place, in a database. Rejects if a batch as a whole failed. */
export interface BatchRunner {
  /** How many batches may be under way at once. Default 1. */
  readonly parallel?: number;
  /**
   * Whether a batch that comes while another is under way is put behind it, and shares its commit with those that have come by
   * then. Such a runner is given more than one where there is {@link plenty}: it is not kept waiting for this thread, and what is little
   * is not cut into many commits. Default no.
   */
  readonly queues?: boolean;
  run(calls: readonly OperationCall[]): Promise<readonly OperationResult[]>;
  close(): Promise<void>;
}

/** What is known without the runner. */
export interface Known {
  /** The answer to a call; `undefined`: the runner has to be asked. */
  answer(name: OperationName, args: readonly unknown[]): unknown;
  /** Takes in what the runner answered. */
  learn(name: OperationName, args: readonly unknown[], value: unknown): void;
  /** A batch failed, and may have been kept all the same. */
  forget(): void;
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
 * So many calls go to a thread that is at a batch still, where it queues them. With 16 in that place there were 40 % more commits in a
 * process that has 32 turns under way; with 256 webhooks under way it makes no difference.
 */
const plenty = 64;

/**
 * Group commit without a timer: what is called in one turn of the event loop shares a commit, and what comes while
 * a commit is under way shares the next one. So the slower the disk, the larger the batches.
 */
export class CommitQueue {
  readonly #runner: BatchRunner;
  readonly #recent: Known | undefined;
  #waiting: Waiting[] = [];
  readonly #nextTurn = nextTurn();
  /** The batches that are under way. */
  readonly #running = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  /** @param recent what is known without the runner; absent: nothing */
  constructor(runner: BatchRunner, recent?: Known) {
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
      else if (this.#waiting.length === enough || this.#waiting.length === plenty) this.#begin();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#begin();
    while (this.#running.size > 0) await Promise.race(this.#running);
    await this.#runner.close();
  }

  /** Runs what waits, if there is room for another batch. */
  #begin(): void {
    const { parallel = 1, queues = false } = this.#runner;
    if (this.#waiting.length === 0) return;
    if (this.#running.size >= parallel && !(queues && this.#waiting.length >= plenty)) return;
    const batch = this.#waiting;
    this.#waiting = [];
    const running = this.#run(batch).then(() => {
      this.#running.delete(running);
      this.#begin();
    });
    this.#running.add(running);
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
        } else call.reject(failed(call.name, result));
      });
    } catch (error) {
      this.#recent?.forget();
      for (const { reject } of batch) reject(unavailable('the transaction failed', error));
    }
  }
}

/** Why a call failed that ended so, where others are served. */
export function failed(
  name: OperationName,
  result: { error: string; away?: boolean } | undefined,
): BluetickError {
  if (result?.away === true) return unavailable('somebody else is at it for too long', result.error);
  return couldNot(name, result?.error);
}

/** One call failed, where others are served. */
export function couldNot(name: OperationName, cause: unknown): BluetickError {
  return new BluetickError('internal', `The store could not ${name}`, { cause });
}

/** The store as a whole does not serve. */
export function unavailable(why: string, cause?: unknown): BluetickError {
  return new BluetickError('store_unavailable', `The store cannot be written: ${why}`, { cause });
}
