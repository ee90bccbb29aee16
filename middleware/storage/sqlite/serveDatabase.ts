import type { MessagePort } from 'node:worker_threads';
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

/**
 * Opens the file and answers batches of calls in the order in which they come, one at a time, until it is told `close`;
 * then it lets go of the file, and of the port.
 */
export function serveDatabase(port: MessagePort, path: string): void {
  const store = open(port, path);
  if (store === undefined) return;
  const { db, operations } = store;
  port.on('message', (text: string) => {
    if (text === 'close') {
      db.close();
      port.close();
      return;
    }
    port.postMessage(JSON.stringify(answer(JSON.parse(text))));
  });

  function answer(calls: readonly OperationCall[]): Answer {
    try {
      return { results: runBatch(db, operations, calls) };
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  }
  port.postMessage({ open: true } satisfies Opening);
}

function open(port: MessagePort, path: string) {
  try {
    const db = openDatabase(path);
    return { db, operations: createOperations(sqliteSql(db)) };
  } catch (error) {
    // An error loses its class on the way between threads: its parts travel instead.
    const { code, message, field } = asBluetickError(error);
    const cause = error instanceof Error && code === 'internal' ? `: ${error.message}` : '';
    const refused: Opening = { refused: { code, message: message + cause, ...(field && { field }) } };
    port.postMessage(refused);
    return undefined;
  }
}
