import { bulkhead } from 'cockatiel';
import type { Pool } from 'pg';
import type { Logger, Scheduler, Store } from '../../ports.ts';
import { systemScheduler } from '../../timing/systemClock.ts';
import { CommitQueue, couldNot, failed, unavailable } from '../commitQueue.ts';
import { operationKinds, operationNames } from '../sql/operationKinds.ts';
import { createOperations, type OperationName, type Operations } from '../sql/operations.ts';
import type { Op } from '../sql/sql.ts';
import { cannotOpen } from './cannotOpen.ts';
import { isRefusal } from './faults.ts';
import { DatabaseFiles } from './files.ts';
import { Instance } from './instance.ts';
import { migrate } from './migrate.ts';
import { defaultConnections, openLine, openPool, type PoolOptions } from './openPool.ts';
import { OwnLine } from './ownLine.ts';
import { over, perform } from './perform.ts';
import { PostgresSharing } from './postgresSharing.ts';
import { postgresSql } from './postgresSql.ts';
import { refuseUnfinishedMove } from './refuseUnfinishedMove.ts';
import { runBatch } from './runBatch.ts';
import { isShort, ShortReads } from './shortReads.ts';
import { heedStalePlan, isStalePlan } from './stalePlans.ts';

/** Options of {@link openPostgresStore}. */
export interface PostgresStoreOptions extends PoolOptions {
  /** Default: says nothing. */
  readonly log?: Logger;
  /** Default: the machine's timers. */
  readonly scheduler?: Scheduler;
}

/** Batches under way at once: while one waits for the disk, another is asked. More only wait for one another's locks. */
const mostBatches = 4;
/** So many connections are for what is looked up for each message, and for what an instance asks by itself. */
const spared = 2;
/** So many long reads may wait for one of their connections. */
const mostWaiting = 100;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Opens the store that many processes share: PostgreSQL 16 or later. It brings the tables up to date, and from then on this
 * process is one of its instances.
 *
 * @throws BluetickError `invalid_configuration` if the address is none, a newer version made the tables, or a store is being
 *   moved into it;
 *   `store_unavailable` if the database cannot be reached
 */
export async function openPostgresStore({
  log = silent,
  scheduler = systemScheduler,
  ...options
}: PostgresStoreOptions): Promise<Store> {
  const pool = openPool(options);
  const { connections = defaultConnections } = options;
  const parallel = Math.min(mostBatches, connections - spared);
  /** Pages and exports take as long as they take: what is left is theirs, and no more. */
  const long = bulkhead(Math.max(1, connections - parallel - spared), mostWaiting);
  const onDead = () => sharing.changes.lose();
  const line = new OwnLine(() => openLine(options));
  const instance = new Instance({ pool, line, scheduler, log, onDead });
  const sharing = new PostgresSharing({ options, pool, instance, scheduler, log });
  try {
    await migrate(pool);
    await instance.start();
    await refuseUnfinishedMove(pool);
    await sharing.start();
  } catch (error) {
    await sharing.close();
    await instance.stop();
    await pool.end();
    throw cannotOpen(error);
  }
  const operations = createOperations(postgresSql(instance));
  const queue = new CommitQueue({
    parallel,
    run: calls =>
      inOneLife(instance, () => runBatch(pool, operations, calls)).catch(error => {
        sharing.lookLater();
        throw error;
      }),
    async close() {
      await sharing.close();
      await instance.stop();
      await pool.end();
    },
  });
  const short = new ShortReads(pool);
  const shortReads: Reading = operation => short.read(operation);
  const longReads: Reading = operation => long.execute(() => perform(operation, over(pool)));
  const way = (name: OperationName) => {
    const kind = operationKinds[name];
    if (kind === 'read') {
      const asked = isShort(name) ? shortReads : longReads;
      return (...args: unknown[]) => read(asked, operations, name, args);
    }
    if (kind === 'claim')
      return (...args: unknown[]) => inOneLife(instance, () => claim(pool, operations, name, args));
    return (...args: unknown[]) => queue.call(name, args);
  };
  // Each operation has the store's signature but for its promise: `Operations` says so, a loop cannot.
  const operating = Object.fromEntries(operationNames.map(name => [name, way(name)])) as Pick<
    Store,
    OperationName
  >;
  return {
    ...operating,
    sharing,
    files: new DatabaseFiles(pool),
    close: () => queue.close(),
  };
}

/**
 * Writes, unless others have taken this process for dead by then: what it has leased by it is nobody's, and the answer is as good
 * as lost.
 */
async function inOneLife<T>(instance: Pick<Instance, 'life'>, act: () => Promise<T>): Promise<T> {
  const { life } = instance;
  const answer = await act();
  if (life.goesOn === false) throw unavailable('other processes have taken this one for dead');
  return answer;
}

/** How a read is performed. */
type Reading = (operation: Op<unknown>) => Promise<unknown>;

/** Reads need no transaction: what they answer was true of each part at its moment. */
async function read(
  asked: Reading,
  operations: Operations,
  name: OperationName,
  args: readonly unknown[],
): Promise<unknown> {
  const operation = operations[name] as (...args: readonly unknown[]) => Op<unknown>;
  try {
    return await asked(operation(...args)).catch(error => {
      heedStalePlan(error);
      if (isStalePlan(error)) return asked(operation(...args));
      throw error;
    });
  } catch (error) {
    throw isRefusal(error) ? couldNot(name, error) : unavailable('the database does not answer', error);
  }
}

async function claim(
  pool: Pool,
  operations: Operations,
  name: OperationName,
  args: readonly unknown[],
): Promise<unknown> {
  const [result] = await runBatch(pool, operations, [{ name, args }]).catch(error => {
    throw unavailable('the database does not answer', error);
  });
  if (result === undefined || 'error' in result) throw failed(name, result);
  return result.value;
}
