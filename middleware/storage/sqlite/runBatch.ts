import type { DatabaseSync } from 'node:sqlite';
import type { OperationCall, OperationResult } from '../operationCall.ts';
import { isDurable } from '../sql/operationKinds.ts';
import type { Operations } from '../sql/operations.ts';
import type { Op } from '../sql/sql.ts';
import { scrub } from './scrub.ts';
import { performNow } from './sqliteSql.ts';

/**
 * Runs calls in one transaction, so that they share one sync of the disk. One that throws is undone alone: a savepoint
 * around each would cost every batch a sixth of its time, so only a batch that failed is run again with them.
 *
 * @throws whatever the database threw if the transaction as a whole failed: then nothing of the batch was kept.
 */
export function runBatch(
  db: DatabaseSync,
  operations: Operations,
  calls: readonly OperationCall[],
): readonly OperationResult[] {
  const durable = isDurable(calls);
  // In WAL mode NORMAL leaves out the sync at commit: sqlite.org/pragma.html#pragma_synchronous
  db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}; BEGIN IMMEDIATE`);
  try {
    const results = runAll(db, operations, calls) ?? runEach(db, operations, calls);
    db.exec('COMMIT');
    if (calls.some(({ name }) => name === 'scrub')) scrub(db);
    return results;
  } catch (error) {
    rollBack(db, 'ROLLBACK');
    throw error;
  }
}

/** Runs the calls as one; `undefined`, and nothing done, if one of them threw. */
function runAll(
  db: DatabaseSync,
  operations: Operations,
  calls: readonly OperationCall[],
): readonly OperationResult[] | undefined {
  try {
    return calls.map(call => ({ value: perform(operations, call) }));
  } catch (error) {
    // A full disk or an I/O error has ended the transaction: running it again would meet the same.
    if (!rollBack(db, 'ROLLBACK')) throw error;
    db.exec('BEGIN IMMEDIATE');
    return undefined;
  }
}

function runEach(
  db: DatabaseSync,
  operations: Operations,
  calls: readonly OperationCall[],
): readonly OperationResult[] {
  return calls.map(call => {
    db.exec('SAVEPOINT call');
    try {
      const value = perform(operations, call);
      db.exec('RELEASE call');
      return { value };
    } catch (error) {
      if (!rollBack(db, 'ROLLBACK TO call; RELEASE call')) throw error;
      return { error: error instanceof Error ? error.message : String(error) };
    }
  });
}

function perform(operations: Operations, { name, args }: OperationCall): unknown {
  const operation = operations[name] as (...args: readonly unknown[]) => Op<unknown>;
  return performNow(operation(...args));
}

/** Whether there was something to go back to. SQLite says so itself; `isTransaction` came with Node 22.16. */
function rollBack(db: DatabaseSync, statement: string): boolean {
  try {
    db.exec(statement);
    return true;
  } catch {
    return false;
  }
}
