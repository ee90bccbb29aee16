import type { Pool, PoolClient } from 'pg';
import { nextTurn } from '../nextTurn.ts';
import type { OperationName } from '../sql/operations.ts';
import type { Op } from '../sql/sql.ts';
import { isRefusal } from './faults.ts';
import { Line } from './line.ts';
import { perform } from './perform.ts';

/** A connection, as long as somebody reads over it. */
interface Shared {
  readonly opened: Promise<{ readonly connection: PoolClient; readonly line: Line }>;
  readers: number;
  /** What failed otherwise than by an answer leaves it in a state that nobody knows. */
  broken: boolean;
}

/**
 * What the engine looks up for each message: a few rows by their keys. Nothing longer: those that share a connection wait for
 * one another.
 */
const names: ReadonlySet<OperationName> = new Set<OperationName>([
  'conversation',
  'dueReceipts',
  'message',
  'openReceipts',
  'outbound',
  'readState',
  'repeatedOutbound',
  'typingState',
]);

/** Whether an operation is a short read: one for {@link ShortReads}. */
export const isShort = (name: OperationName) => names.has(name);

/**
 * Short reads share a connection: what is looked up in one turn of the event loop goes out in one piece, and the same question
 * of several as one. Each way there and back costs both sides more than the look itself.
 */
export class ShortReads {
  readonly #pool: Pool;
  #shared: Shared | undefined;
  readonly #nextTurn = nextTurn();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async read<T>(operation: Op<T>): Promise<T> {
    await this.#nextTurn();
    this.#shared ??= this.#open();
    const shared = this.#shared;
    shared.readers += 1;
    try {
      const { line } = await shared.opened;
      return await perform(operation, line.chain());
    } catch (error) {
      shared.broken ||= !isRefusal(error);
      throw error;
    } finally {
      shared.readers -= 1;
      // Nobody comes to it any more.
      if (this.#shared === shared && (shared.broken || shared.readers === 0)) this.#shared = undefined;
      if (shared.readers === 0)
        shared.opened.then(
          ({ connection }) => connection.release(shared.broken),
          () => {},
        );
    }
  }

  #open(): Shared {
    const opened = this.#pool.connect().then(connection => ({ connection, line: new Line(connection) }));
    return { opened, readers: 0, broken: false };
  }
}
