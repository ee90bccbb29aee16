import type { PoolClient } from 'pg';
import type { Answer, Ask, Op } from '../sql/sql.ts';
import { allOf } from './allOf.ts';
import type { PostgresStatement } from './postgresSql.ts';

/** A connection of the pool. It is in pipeline mode: what is asked in one turn of the event loop goes out in one piece. */
export type Connection = Pick<PoolClient, 'query'>;

/** How questions are asked: over a connection, or over a line that several share. */
export interface Asker {
  ask(ask: Ask): Promise<Answer>;
  /** Another, for what is asked side by side with this one's. */
  beside(): Asker;
  /** Resolves when what was asked so far is on its way: what any asks from then on comes behind it. */
  flushed(): Promise<void>;
}

/** What is answered where nobody waits for the answer. */
const unanswered: Answer = { rows: [], count: 0 };

/**
 * Performs an operation. Others may be performed at the same time.
 *
 * @param asker asks its questions
 * @param sent takes what was sent without waiting for the answer, to be waited for before the commit is believed; absent:
 *   each is waited for
 */
export async function perform<T>(operation: Op<T>, asker: Asker, sent?: Promise<unknown>[]): Promise<T> {
  let step = operation.next();
  while (step.done !== true) {
    const asked = step.value;
    if ('beside' in asked) {
      await asker.flushed();
      await allOf(asked.beside.map(each => perform(each, asker.beside(), sent)));
      await asker.flushed();
      step = operation.next(unanswered);
      continue;
    }
    const answer = asker.ask(asked);
    if (asked.unanswered === true && sent !== undefined) {
      // Whoever waits for all of them is told of its failure; until then it is nobody's.
      answer.catch(() => {});
      sent.push(answer);
      step = operation.next(unanswered);
    } else step = operation.next(await answer);
  }
  return step.value;
}

/** Asks over a connection, or over whichever of a pool is free. */
export function over(connection: Connection): Asker {
  const asker: Asker = { ask: ask => send(connection, ask), beside: () => asker, flushed: async () => {} };
  return asker;
}

/** Asks over a connection. */
export async function send(connection: Connection, { statement, values }: Ask): Promise<Answer> {
  const prepared = statement as PostgresStatement;
  const { name, text } = prepared;
  const { rows, rowCount } = await connection.query({ name, text, values: [...prepared.inOrder(values)] });
  return { rows, count: rowCount ?? 0 };
}
