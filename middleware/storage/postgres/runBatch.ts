import type { Pool, PoolClient } from 'pg';
import type { OperationCall, OperationResult } from '../operationCall.ts';
import { chainsOf } from '../sql/chains.ts';
import { isDurable } from '../sql/operationKinds.ts';
import type { Operations } from '../sql/operations.ts';
import { Raced } from '../sql/raced.ts';
import type { Op } from '../sql/sql.ts';
import { allOf, isOwn } from './allOf.ts';
import { isLocked, isRefusal, sqlStateOf } from './faults.ts';
import { Line } from './line.ts';
import { lockAll } from './lockAll.ts';
import { perform } from './perform.ts';
import { heedStalePlan, isStalePlan } from './stalePlans.ts';

/** So often a batch is run again that another process stood in the way of. Locks keep an order, so this is rare. */
const triesLimit = 5;

/**
 * Who waits in a circle, or has read what has changed since, or made what another has just made: run again, the batch finds
 * it there (PostgreSQL's appendix A).
 */
const again = new Set(['40001', '40P01', '23505']);

/**
 * Calls of strangers share a transaction: where one of them waits for what somebody else has locked, an operator's session or an
 * instance that has fallen silent, the others must not wait with it for long. Among instances a lock is held for milliseconds.
 */
const lockWaitMs = 1000;
const beginDurable = `BEGIN; SET LOCAL lock_timeout = ${lockWaitMs}`;
/** What only counts or claims need not wait for the disk: postgresql.org/docs/current/wal-async-commit.html */
const unsynced = 'SET LOCAL synchronous_commit = off';

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
      heedStalePlan(error);
      const raced = error instanceof Raced || again.has(sqlStateOf(error) ?? '') || isStalePlan(error);
      if (raced && tries < triesLimit) continue;
      // The database is there, and does not want this: which of them, shows one after another.
      if (!isRefusal(error)) throw error;
      if (calls.length === 1) {
        const reason = error instanceof Error ? error.message : String(error);
        return [{ error: reason, ...(isLocked(error) && { away: true }) }];
      }
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
  const begin = isDurable(calls) ? beginDurable : `${beginDurable}; ${unsynced}`;
  /** What nobody has waited for. All of it is answered in its order, and before what is asked after it. */
  const sent: Promise<unknown>[] = [];
  try {
    const begun = connection.query(begin);
    // Where a connection is cut it fails before anybody waits for it.
    begun.catch(() => {});
    sent.push(begun);
    const keys = await lockAll(connection, calls);
    const results = await performAll(connection, { operations, calls, sent }, chainsOf(keys));
    sent.push(connection.query('COMMIT'));
    await allOf(sent);
    connection.release();
    return results;
  } catch (error) {
    const reason = await reasonOf(sent, error);
    // What the server has refused leaves the connection whole; of anything else it is not known.
    const undone =
      (isRefusal(reason) || reason instanceof Raced) &&
      (await connection.query('ROLLBACK').then(
        () => true,
        () => false,
      ));
    connection.release(!undone);
    throw reason;
  }
}

/** Performs each chain in its order, the chains side by side. It has ended when all of them have. */
async function performAll(
  connection: PoolClient,
  batch: { operations: Operations; calls: readonly OperationCall[]; sent: Promise<unknown>[] },
  chains: readonly (readonly number[])[],
): Promise<readonly OperationResult[]> {
  const { operations, calls, sent } = batch;
  const results: OperationResult[] = new Array(calls.length);
  const line = new Line(connection);
  await allOf(
    chains.map(async chain => {
      const asker = line.chain();
      for (const index of chain) {
        const { name, args } = calls[index] as OperationCall;
        const operation = operations[name] as (...args: readonly unknown[]) => Op<unknown>;
        results[index] = { value: await perform(operation(...args), asker, sent) };
      }
    }),
  );
  return results;
}

/** Why a transaction failed: something that nobody waited for may have been the first to. */
async function reasonOf(sent: readonly Promise<unknown>[], error: unknown): Promise<unknown> {
  if (isOwn(error)) return error;
  return allOf(sent).then(
    () => error,
    (reason: unknown) => reason,
  );
}
