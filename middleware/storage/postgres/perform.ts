import type { PoolClient } from 'pg';
import type { Answer, Ask, Op } from '../sql/sql.ts';
import type { PostgresStatement } from './postgresSql.ts';

/** A connection of the pool. It is in pipeline mode: what is asked in one turn of the event loop goes out in one piece. */
export type Connection = Pick<PoolClient, 'query'>;

/** Performs an operation over a connection. Other operations may be performed over the same one meanwhile. */
export async function perform<T>(connection: Connection, operation: Op<T>): Promise<T> {
  let step = operation.next();
  while (step.done !== true) step = operation.next(await ask(connection, step.value));
  return step.value;
}

async function ask(connection: Connection, { statement, values }: Ask): Promise<Answer> {
  const prepared = statement as PostgresStatement;
  const { name, text } = prepared;
  const { rows, rowCount } = await connection.query({ name, text, values: [...prepared.inOrder(values)] });
  return { rows, count: rowCount ?? 0 };
}
