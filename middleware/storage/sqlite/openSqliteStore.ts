import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BluetickError } from '../../errors.ts';
import type { Store } from '../../ports.ts';
import { type BatchRunner, CommitQueue } from '../commitQueue.ts';
import type { OperationCall, OperationResult } from '../operationCall.ts';
import { createOperations, operationNames } from '../sql/operations.ts';
import { openDatabase } from './openDatabase.ts';
import { RecentAnswers } from './recentAnswers.ts';
import { runBatch } from './runBatch.ts';
import { sqliteSql } from './sqliteSql.ts';
import type { Answer, Opening } from './worker.ts';

/** Options of {@link openSqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file, made with its folder if it is not there; `:memory:` keeps nothing. */
  readonly path: string;
  /**
   * Whether the database runs in a thread of its own, so that a sync of the disk never stops the event loop.
   * Default `true`; `false` is for tools that do nothing else meanwhile.
   */
  readonly thread?: boolean;
}

/**
 * Opens the embedded store: SQLite through `node:sqlite`, one file, one process.
 *
 * @throws BluetickError `invalid_configuration` if another process has the file, or the disk cannot serve.
 */
export async function openSqliteStore({ path, thread = true }: SqliteStoreOptions): Promise<Store> {
  const queue = new CommitQueue(thread ? await inThread(path) : inPlace(path), new RecentAnswers());
  const forward = operationNames.map(name => [name, (...args: unknown[]) => queue.call(name, args)]);
  // Each operation has the store's signature but for its promise: `Operations` says so, a loop cannot.
  return { ...Object.fromEntries(forward), close: () => queue.close() } as Store;
}

function inPlace(path: string): BatchRunner {
  const db = openDatabase(path);
  const operations = createOperations(sqliteSql(db));
  return {
    run: async calls => runBatch(db, operations, calls),
    close: async () => db.close(),
  };
}

/** The database in a thread of its own. A thread that dies fails what it had, and the next batch starts another. */
async function inThread(path: string): Promise<BatchRunner> {
  let thread: DatabaseThread | undefined = await startThread(path);
  return {
    async run(calls) {
      thread ??= await startThread(path);
      const current = thread;
      try {
        return await current.run(calls);
      } finally {
        if (current.dead()) thread = undefined;
      }
    },
    async close() {
      await thread?.close();
    },
  };
}

/**
 * Calls and answers live for one batch. With V8's own size for what is young, the thread held over 100 MB of them after
 * three million statuses, and 30 so.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

interface DatabaseThread extends BatchRunner {
  dead(): boolean;
}

async function startThread(path: string): Promise<DatabaseThread> {
  // The published build holds JavaScript, a checkout TypeScript: the thread's file is whichever this one is.
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { path }, resourceLimits });
  let failure: unknown;
  let waiting: PromiseWithResolvers<readonly OperationResult[]> | undefined;
  const fail = (error: unknown) => {
    failure ??= error;
    waiting?.reject(error);
  };
  const [opening] = (await once(worker, 'message')) as [Opening];
  if ('refused' in opening) {
    const { code, message, field } = opening.refused;
    throw new BluetickError(code, message, field === undefined ? {} : { field });
  }
  worker.on('error', fail);
  worker.on('exit', code => fail(new Error(`the thread of the store ended (${code})`)));
  worker.on('message', (text: string) => {
    const answer: Answer = JSON.parse(text);
    if ('results' in answer) waiting?.resolve(answer.results);
    else waiting?.reject(new Error(answer.failure));
  });
  return {
    dead: () => failure !== undefined,
    run(calls) {
      if (failure !== undefined) return Promise.reject(failure);
      waiting = Promise.withResolvers();
      worker.postMessage(textOf(calls));
      return waiting.promise;
    },
    async close() {
      if (failure !== undefined) return;
      const exited = once(worker, 'exit');
      worker.postMessage('close');
      await exited;
    },
  };
}

/**
 * Calls as they travel: as JSON, which costs half of what the structured clone of such objects does, on both sides. What
 * is `undefined` at the end of the arguments would come out as `null`, so it stays behind.
 */
function textOf(calls: readonly OperationCall[]): string {
  return JSON.stringify(calls.map(({ name, args }) => ({ name, args: withoutTail(args) })));
}

function withoutTail(args: readonly unknown[]): readonly unknown[] {
  const last = args.findLastIndex(arg => arg !== undefined);
  return last === args.length - 1 ? args : args.slice(0, last + 1);
}
