import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Answer, Ask, Dialect, Op, Sql, Statement, Values } from '../sql/sql.ts';

const dialect: Dialect = {
  greatest: (one, other) => `max(${one}, ${other})`,
  textAt: (column, ...path) => `json_extract(${column}, '$.${path.join('.')}')`,
  isAny: query => `IN (${query})`,
  textsIn: parameter => `SELECT value FROM json_each(${parameter})`,
  indexedBy: index => `INDEXED BY ${index}`,
  // One transaction has the file at a time.
  forUpdate: '',
  skipLocked: '',
};

/** An open file, for operations: it answers in place. */
export function sqliteSql(db: DatabaseSync): Sql {
  return {
    dialect,
    me: 1,
    // Here an answer is there at once: nothing is gained by asking for others meanwhile.
    beside: operations => done(operations.map(performNow)),
    // There is nobody else.
    *tell() {},
    prepare<Row extends object>(text: string): Statement<Row> {
      const statement = db.prepare(text);
      const toRow = rowReader<Row>(statement);
      return {
        get(...values) {
          const found = statement.get(...inputs(values));
          return done(found === undefined ? undefined : toRow(found));
        },
        all: (...values) => done(statement.all(...inputs(values)).map(toRow)),
        run: (...values) => done(Number(statement.run(...inputs(values)).changes)),
        write: (...values) => done(void statement.run(...inputs(values))),
        insert: (...values) => done(Number(statement.run(...inputs(values)).lastInsertRowid)),
      };
    },
  };
}

/**
 * What an operation on a file comes to.
 *
 * @throws Error if it waits for an answer: nobody would give it one
 */
export function performNow<T>(operation: Op<T>): T {
  const step = operation.next();
  if (step.done !== true) throw new Error('An operation on a file asked another database');
  return step.value;
}

/** Named values are an object in the place of the first one, which its type does not tell. */
function inputs(values: Values): SQLInputValue[] {
  return values as SQLInputValue[];
}

/**
 * `node:sqlite` makes a dictionary of each row, and each column's name anew: that took twice as long as SQLite's own work. As
 * arrays (since Node 24) rows cost a third of it, and the objects that are made of them here are written as JSON faster too.
 */
function rowReader<Row>(statement: StatementSync): (found: unknown) => Row {
  if (statement.setReturnArrays === undefined) return found => found as Row;
  statement.setReturnArrays(true);
  let names: readonly string[] | undefined;
  return found => {
    // Not before it is asked: most of a start's statements are prepared for later.
    names ??= statement.columns().map(({ name }) => name);
    const values = found as readonly unknown[];
    const row: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index += 1) row[names[index] as string] = values[index];
    return row as Row;
  };
}

/** An operation that has ended. A generator of its own would be dearer, and there is one for each statement. */
class Done implements Iterator<Ask, unknown, Answer> {
  readonly #result: IteratorReturnResult<unknown>;

  constructor(value: unknown) {
    this.#result = { done: true, value };
  }

  next(): IteratorReturnResult<unknown> {
    return this.#result;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

/** `yield*` needs no more of a generator than that it begins and ends. */
function done<T>(value: T): Op<T> {
  return new Done(value) as unknown as Op<T>;
}
