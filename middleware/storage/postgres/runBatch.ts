import type { Pool, PoolClient } from 'pg';
import type { OperationCall, OperationResult } from '../operationCall.ts';
import { durableOperations, type Operations } from '../sql/operations.ts';
import { Raced } from '../sql/raced.ts';
import type { Op } from '../sql/sql.ts';
import { chainsOf } from './chains.ts';
import { isRefusal, sqlStateOf } from './faults.ts';
import { lockAll } from './lockAll.ts';
import { perform } from './perform.ts';

/** So often a batch is run again that another process stood in the way of. Locks keep an order, so this is rare. */
const triesLimit = 5;

/**
 * Who waits in a circle, or has read what has changed since, or made what another has just made: run again, the batch finds
 * it there (PostgreSQL's appendix A).
 */
const again = new Set(['40001', '40P01', '23505']);

/**
 * Runs calls in one transaction, so that they share one commit. What works on different conversations is asked side by side:
 * a round of questions is one way there and back. A call that fails is undone alone: the batch is run again, one by one.
 *
 * @throws whatever the database threw if the transaction as a whole failed: then nothing of the batch was kept, or its answer
 *   was lost
 */
export async function runBatch(
  pool: Pool,
  operations: Operations,
  calls: readonly OperationCall[],
): Promise<readonly OperationResult[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await transact(pool, operations, calls);
    } catch (error) {
      const raced = error instanceof Raced || again.has(sqlStateOf(error) ?? '');
      if (raced && tries < triesLimit) continue;
      // The database is there, and does not want this: which of them, shows one after another.
      if (!isRefusal(error)) throw error;
      if (calls.length === 1) return [{ error: error instanceof Error ? error.message : String(error) }];
      const results: OperationResult[] = [];
      for (const call of calls) results.push(...(await runBatch(pool, operations, [call])));
      return results;
    }
  }
}

async function transact(
  pool: Pool,
  operations: Operations,
  calls: readonly OperationCall[],
): Promise<readonly OperationResult[]> {
  const connection = await pool.connect();
  try {
    const results = await within(connection, calls, async () => {
      const keys = await lockAll(connection, calls);
      return performAll(connection, operations, calls, chainsOf(keys));
    });
    connection.release();
    return results;
  } catch (error) {
    // What the server has refused leaves the connection whole; of anything else it is not known.
    const undone =
      isRefusal(error) &&
      (await connection.query('ROLLBACK').then(
        () => true,
        () => false,
      ));
    connection.release(!undone);
    throw error;
  }
}

async function within<T>(
  connection: PoolClient,
  calls: readonly OperationCall[],
  act: () => Promise<T>,
): Promise<T> {
  const durable = calls.some(({ name }) => durableOperations.has(name));
  // What only counts or claims need not wait for the disk: postgresql.org/docs/current/wal-async-commit.html
  const begun = connection.query(durable ? 'BEGIN' : 'BEGIN; SET LOCAL synchronous_commit = off');
  const [result] = await Promise.all([act(), begun]);
  await connection.query('COMMIT');
  return result;
}

/** Performs each chain in its order, the chains side by side. */
async function performAll(
  connection: PoolClient,
  operations: Operations,
  calls: readonly OperationCall[],
  chains: readonly (readonly number[])[],
): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = new Array(calls.length);
  const ended = await Promise.allSettled(
    chains.map(async chain => {
      for (const index of chain) {
        const { name, args } = calls[index] as OperationCall;
        const operation = operations[name] as (...args: readonly unknown[]) => Op<unknown>;
        results[index] = { value: await perform(connection, operation(...args)) };
      }
    }),
  );
  // The first that failed is the reason; the others failed since the transaction had.
  const failures = ended.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
  if (failures.length > 0) throw failures.find(each => sqlStateOf(each) !== '25P02') ?? failures[0];
  return results;
}
