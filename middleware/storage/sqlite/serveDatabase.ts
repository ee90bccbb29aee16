import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
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

/** What it says of the oldest batches, as JSON. */
export type Answer = {
  /** Of how many. */
  readonly batches: number;
} & (
  | {
      /** How each of their calls ended. */
      readonly results: readonly OperationResult[];
    }
  | {
      /** Why none was kept. */
      readonly failure: string;
    }
);

/**
 * Opens the file and answers batches of calls in the order in which they come, until it is told `close`; then it lets go of
 * the file, and of the port. Whatever has come when a transaction ends shares the next one: the thread that sends need not be
 * asked between two of them, and neither thread waits for the other while there is work.
 */
export function serveDatabase(port: MessagePort, path: string): void {
  const store = open(port, path);
  if (store === undefined) return;
  const { db, operations } = store;
  port.on('message', (first: string) => {
    const texts: string[] = [];
    let text: string | undefined = first;
    for (; text !== undefined && text !== 'close'; text = receiveMessageOnPort(port)?.message)
      texts.push(text);
    if (texts.length > 0) port.postMessage(JSON.stringify(answer(texts)));
    if (text !== 'close') return;
    db.close();
    port.close();
  });

  function answer(texts: readonly string[]): Answer {
    const batches = texts.length;
    try {
      const calls = texts.flatMap((text): readonly OperationCall[] => JSON.parse(text));
      return { batches, results: runBatch(db, operations, calls) };
    } catch (error) {
      return { batches, failure: error instanceof Error ? error.message : String(error) };
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
