/**
 * The thread that has the database: a slow sync stops this thread, not the bot. It answers batches in the order in
 * which they came, one at a time.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { asBluetickError, type ErrorCode } from '../../errors.ts';
import type { OperationCall, OperationResult } from '../operationCall.ts';
import { createOperations } from '../sql/operations.ts';
import { openDatabase } from './openDatabase.ts';
import { runBatch } from './runBatch.ts';
import { sqliteSql } from './sqliteSql.ts';

/** The first thing the thread says: that it is ready, or why it is not. */
export type Opening =
  | { readonly open: true }
  | { readonly refused: { code: ErrorCode; message: string; field?: string } };

/** What it says of a batch, as JSON: how each call ended, or that none was kept. */
export type Answer = { readonly results: readonly OperationResult[] } | { readonly failure: string };

function open(path: string) {
  try {
    const db = openDatabase(path);
    return { db, operations: createOperations(sqliteSql(db)) };
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
  parentPort?.on('message', (text: string) => {
    if (text === 'close') {
      db.close();
      parentPort?.close();
      return;
    }
    parentPort?.postMessage(JSON.stringify(answer(JSON.parse(text))));
  });

  function answer(calls: readonly OperationCall[]): Answer {
    try {
      return { results: runBatch(db, operations, calls) };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }
  parentPort?.postMessage({ open: true } satisfies Opening);
}
