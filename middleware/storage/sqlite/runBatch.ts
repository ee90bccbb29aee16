import type { DatabaseSync } from 'node:sqlite';
import { durableOperations, type OperationName, type Operations } from './operations.ts';

/** One call of an operation, as it travels to the thread that has the database. */
export interface OperationCall {
  readonly name: OperationName;
  readonly args: readonly unknown[];
}

/** How one call ended. */
export type OperationResult = { readonly value: unknown } | { readonly error: string };

/**
 * Runs calls in one transaction, so that they share one sync of the disk. Each is a savepoint: one that throws is
 * undone alone.
 *
 * @throws whatever the database threw if the transaction as a whole failed: then nothing of the batch was kept.
 */
export function runBatch(
  db: DatabaseSync,
  operations: Operations,
  calls: readonly OperationCall[],
): readonly OperationResult[] {
  const durable = calls.some(({ name }) => durableOperations.has(name));
  // In WAL mode NORMAL leaves out the sync at commit: sqlite.org/pragma.html#pragma_synchronous
  db.exec(durable ? 'PRAGMA synchronous = FULL' : 'PRAGMA synchronous = NORMAL');
  db.exec('BEGIN IMMEDIATE');
  try {
    const results = calls.map(call => runOne(db, operations, call));
    db.exec('COMMIT');
    return results;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function runOne(db: DatabaseSync, operations: Operations, { name, args }: OperationCall): OperationResult {
  db.exec('SAVEPOINT call');
  try {
    const operation = operations[name] as (...args: readonly unknown[]) => unknown;
    const value = operation(...args);
    db.exec('RELEASE call');
    return { value };
  } catch (error) {
    // A full disk or an I/O error ends the whole transaction; then there is no savepoint to go back to.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO call; RELEASE call');
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
