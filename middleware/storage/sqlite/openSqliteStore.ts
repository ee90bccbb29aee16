import { Worker } from 'node:worker_threads';
import type { Store } from '../../ports.ts';
import { type BatchRunner, CommitQueue } from '../commitQueue.ts';
import { operationNames } from '../sql/operationKinds.ts';
import { createOperations } from '../sql/operations.ts';
import { type AskedDatabase, askDatabase } from './askDatabase.ts';
import { openDatabase } from './openDatabase.ts';
import { RecentAnswers } from './recentAnswers.ts';
import { runBatch } from './runBatch.ts';
import { sqliteSql } from './sqliteSql.ts';

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
  return storeOver(thread ? await inThread(path) : inPlace(path));
}

/** The store whose operations run in batches, wherever its database is. */
export function storeOver(runner: BatchRunner): Store {
  const queue = new CommitQueue(runner, new RecentAnswers());
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
  let thread: Promise<AskedDatabase> | undefined = startThread(path);
  await thread;
  return {
    queues: true,
    async run(calls) {
      thread ??= startThread(path);
      const current = thread;
      try {
        return await (await current).run(calls);
      } catch (error) {
        const isLost = await current.then(
          database => database.dead(),
          () => true,
        );
        if (isLost && thread === current) thread = undefined;
        throw error;
      }
    },
    async close() {
      await (await thread)?.close();
    },
  };
}

/**
 * Calls and answers live for one batch. With V8's own size for what is young, the thread held over 100 MB of them after
 * three million statuses, and 30 so.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

function startThread(path: string): Promise<AskedDatabase> {
  // The published build holds JavaScript, a checkout TypeScript: the thread's file is whichever this one is.
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const worker = new Worker(new URL(file, import.meta.url), { workerData: { path }, resourceLimits });
  return askDatabase(worker, 'exit');
}
