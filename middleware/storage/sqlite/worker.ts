/**
 * The thread that has the database: a slow sync stops this thread, not the bot. It answers batches in the order in
 * which they came, one at a time.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { asBluetickError, type ErrorCode } from '../../errors.ts';
import { openDatabase } from './openDatabase.ts';
import { createOperations } from './operations.ts';
import { type OperationCall, runBatch } from './runBatch.ts';

/** The first thing the thread says: that it is ready, or why it is not. */
export type Opening =
  | { readonly open: true }
  | { readonly refused: { code: ErrorCode; message: string; field?: string } };

function open(path: string) {
  try {
    const db = openDatabase(path);
    return { db, operations: createOperations(db) };
  } catch (error) {
    // An error loses its class on the way between threads: its parts travel instead.
    const { code, message, field } = asBluetickError(error);
    const cause = error instanceof Error && code === 'internal' ? `: ${error.message}` : '';
    const refused: Opening = { refused: { code, message: message + cause, ...(field && { field }) } };
    parentPort?.postMessage(refused);
    return undefined;
  }
}

const store = open(String(workerData.path));
if (store !== undefined) {
  const { db, operations } = store;
  parentPort?.on('message', (calls: readonly OperationCall[] | 'close') => {
    if (calls === 'close') {
      db.close();
      parentPort?.close();
      return;
    }
    try {
      parentPort?.postMessage({ results: runBatch(db, operations, calls) });
    } catch (error) {
      parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) });
    }
  });
  parentPort?.postMessage({ open: true } satisfies Opening);
}
