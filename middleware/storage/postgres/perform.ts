import type { PoolClient } from 'pg';
import type { Answer, Ask, Op } from '../sql/sql.ts';
import type { PostgresStatement } from './postgresSql.ts';

/** A connection of the pool. It is in pipeline mode: what is asked in one turn of the event loop goes out in one piece. */
export type Connection = Pick<PoolClient, 'query'>;

/** How a question is asked: over a connection, or over a line that several share. */
export type Asking = (ask: Ask) => Promise<Answer>;

/** What is answered where nobody waits for the answer. */
const unanswered: Answer = { rows: [], count: 0 };

/**
 * Performs an operation. Others may be performed at the same time.
 *
 * @param sent takes what was sent without waiting for the answer, to be waited for before the commit is believed; absent:
 *   each is waited for
 */
export async function perform<T>(operation: Op<T>, ask: Asking, sent?: Promise<unknown>[]): Promise<T> {
  let step = operation.next();
  while (step.done !== true) {
    const answer = ask(step.value);
    if (step.value.unanswered === true && sent !== undefined) {
      // Whoever waits for all of them is told of its failure; until then it is nobody's.
      answer.catch(() => {});
      sent.push(answer);
      step = operation.next(unanswered);
    } else step = operation.next(await answer);
  }
  return step.value;
}

/** Asks over a connection. */
export async function send(connection: Connection, { statement, values }: Ask): Promise<Answer> {
  const prepared = statement as PostgresStatement;
  const { name, text } = prepared;
  const { rows, rowCount } = await connection.query({ name, text, values: [...prepared.inOrder(values)] });
  return { rows, count: rowCount ?? 0 };
}
