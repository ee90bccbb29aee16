/**
 * How the operations of a store speak to a database. Each operation is written once, without input and output of its own:
 * it is a generator that asks its statements with `yield*`. SQLite answers in place, so that nothing is ever waited for;
 * PostgreSQL is asked in between, and many operations at once share each way there and back.
 *
 * @module
 */
import type { News } from '../../sharing.ts';

/** A value that goes into a statement or comes out of it. Bytes come out as some `Uint8Array`. */
export type Value = null | number | string | Uint8Array;

/** What a statement is given: values in order for its `?`, or by name for its `:name`. */
export type Values = readonly Value[] | readonly [Readonly<Record<string, Value>>];

/** A question to a database that is not in this thread. */
export interface Ask {
  readonly statement: object;
  readonly values: Values;
  /** Nobody waits for the answer: that it failed is seen at the end of the transaction at the latest. Default `false`. */
  readonly unanswered?: boolean;
}

/** Its answer. */
export interface Answer {
  readonly rows: readonly object[];
  /** How many rows the statement wrote, or found. */
  readonly count: number;
}

/** Operations for a database that is not in this thread, to be asked for side by side: see {@link Sql.beside}. */
export interface Beside {
  readonly beside: readonly Op<void>[];
}

/** An operation on the way: what it comes to is its return value. */
export type Op<T> = Generator<Ask | Beside, T, Answer>;

/**
 * A prepared statement. Its text is such that SQLite and PostgreSQL mean the same by it; for what they say differently there
 * is {@link Dialect}.
 */
export interface Statement<Row> {
  /** The first row. */
  get(...values: Values): Op<Row | undefined>;
  /** All rows. */
  all(...values: Values): Op<readonly Row[]>;
  /** How many rows it wrote. */
  run(...values: Values): Op<number>;
  /** The same where nobody asks how many: what comes after it need not wait for its answer. */
  write(...values: Values): Op<void>;
  /** The key of the row that it made: of an INSERT of one, in a table whose key is `pk`. SQLite knows it without RETURNING. */
  insert(...values: Values): Op<number>;
}

/** What SQLite and PostgreSQL say differently, as parts of a statement. */
export interface Dialect {
  /** The greater of two values, neither of which is NULL. */
  greatest(one: string, other: string): string;
  /** The text at a path in a column of JSON; NULL where there is none. */
  textAt(column: string, ...path: readonly string[]): string;
  /** Whether what stands before it is one of those that a query of one column finds: the query first, and then each of them looked up. */
  isAny(query: string): string;
  /** The texts in a parameter that holds a JSON array of them, as a query of one column. */
  textsIn(parameter: string): string;
  /** Names an index, where the planner would take a worse one. */
  indexedBy(index: string): string;
  /** At the end of a query for rows: nobody else changes them before this transaction ends. */
  readonly forUpdate: string;
  /** The same, without those that somebody else has. */
  readonly skipLocked: string;
}

/** What a value is, where a database has to be told. */
export type ValueType = 'bigint' | 'int' | 'text' | 'bytea';

/**
 * A statement asked by many at once, for a database to which each question is a way. SQLite has no use for it: it answers in
 * place.
 */
export interface Many {
  /** What its values are: in their order, when they are called `p1`, `p2`… here, or by their names. */
  readonly types: readonly ValueType[] | Readonly<Record<string, ValueType>>;
  /**
   * The statement over a table `t` of its values, with a column `call` that says whose they are. It answers rows with that
   * column, and for what only writes one for each row that it wrote. Absent: it is a query, and answered for each.
   *
   * @param given the table, for a FROM
   */
  readonly text?: (given: string) => string;
}

/** A database, as operations see it. */
export interface Sql {
  readonly dialect: Dialect;
  /** Who this process is among those that share the database: a lane that it has leased holds this number. Never 0. */
  readonly me: number;
  /**
   * Performs operations that work on nothing of one another's, and answers what each came to. Where a question is a way, they are
   * asked for side by side: as many ways as the longest of them takes.
   */
  beside<T>(operations: readonly Op<T>[]): Op<readonly T[]>;
  /** Tells the other processes something, once the transaction is committed. It costs the database a lock at the commit. */
  tell(what: News['what']): Op<void>;
  /** @param text is prepared once; see {@link Statement} */
  prepare<Row extends object = never>(text: string, many?: Many): Statement<Row>;
}
