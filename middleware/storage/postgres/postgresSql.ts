import { hash } from 'node:crypto';
import type { Answer, Ask, Beside, Dialect, Many, Op, Sql, Statement, Value, Values } from '../sql/sql.ts';
import { newsChannel, spoken } from './news.ts';
import { planGeneration } from './stalePlans.ts';
import { storable } from './storable.ts';

const dialect: Dialect = {
  greatest: (one, other) => `greatest(${one}, ${other})`,
  textAt: (column, ...path) => `(lenient_jsonb(${column}) #>> '{${path.join(',')}}')`,
  // Not IN, which may be taken as a join that begins at the other side.
  isAny: query => `= ANY (ARRAY(${query}))`,
  textsIn: parameter => `SELECT jsonb_array_elements_text(CAST(${parameter} AS jsonb))`,
  // PostgreSQL has no such hint: its planner knows how many rows a value has.
  indexedBy: () => '',
  forUpdate: 'FOR UPDATE',
  skipLocked: 'FOR UPDATE SKIP LOCKED',
};

/** A statement as PostgreSQL takes it. */
export class PostgresStatement {
  readonly #hash: string;
  #name: string;
  #preparedIn = 0;
  /** With `$1`, `$2`… for its values. */
  readonly text: string;
  /** The names of its values in their order; none: they are given in order. */
  readonly names: readonly string[];
  /** Its form for many at once. Each of its values is a list, and `call` the places in them. */
  readonly many: PostgresStatement | undefined;

  constructor(text: string, many?: Many) {
    const { numbered, names } = numberValues(text);
    this.text = numbered;
    this.#hash = hash('sha256', numbered, 'hex').slice(0, 20);
    this.#name = '';
    this.names = names;
    this.many = many && new PostgresStatement(manyText(text, many));
  }

  /** Under this name a connection prepares it once, until the tables change. */
  get name(): string {
    const generation = planGeneration();
    if (this.#preparedIn !== generation) {
      this.#preparedIn = generation;
      this.#name = `b${generation}_${this.#hash}`;
    }
    return this.#name;
  }

  /** A value by its name in {@link many}. */
  valueOf(values: Values, name: string): Value {
    const value =
      this.names.length === 0
        ? (values as readonly Value[])[Number(name.slice(1)) - 1]
        : (values as readonly [Readonly<Record<string, Value>>])[0][name];
    if (value === undefined) throw new TypeError(`the statement has no value for ${name}`);
    return storable(value);
  }

  /** Its values in their order. */
  inOrder(values: Values): readonly Value[] {
    if (this.names.length === 0) return (values as readonly Value[]).map(storable);
    return this.names.map(name => this.valueOf(values, name));
  }
}

/**
 * A database on the other end of a connection, for operations.
 *
 * @param instance who this process is: it is asked for again each time, as a process may have to begin anew
 */
export function postgresSql(instance: { readonly id: number }): Sql {
  const notify = new PostgresStatement('SELECT pg_notify(?, ?)');
  return {
    dialect,
    get me() {
      return instance.id;
    },
    *beside<T>(operations: readonly Op<T>[]): Op<readonly T[]> {
      const results: T[] = new Array(operations.length);
      yield {
        beside: operations.map(function* (operation, place): Op<void> {
          results[place] = yield* operation;
        }),
      } satisfies Beside;
      return results;
    },
    *tell(what): Op<void> {
      const values = [newsChannel, spoken(what, instance.id)];
      yield { statement: notify, values, unanswered: true } satisfies Ask;
    },
    prepare<Row extends object>(text: string, many?: Many): Statement<Row> {
      const statement = new PostgresStatement(text, many);
      let inserting: PostgresStatement | undefined;
      return {
        *get(...values): Op<Row | undefined> {
          const { rows }: Answer = yield { statement, values } satisfies Ask;
          return rows[0] as Row | undefined;
        },
        *all(...values): Op<readonly Row[]> {
          const { rows }: Answer = yield { statement, values } satisfies Ask;
          return rows as readonly Row[];
        },
        *run(...values): Op<number> {
          const { count }: Answer = yield { statement, values } satisfies Ask;
          return count;
        },
        *write(...values): Op<void> {
          yield { statement, values, unanswered: true } satisfies Ask;
        },
        *insert(...values): Op<number> {
          inserting ??= new PostgresStatement(`${text} RETURNING pk`, many);
          const { rows }: Answer = yield { statement: inserting, values } satisfies Ask;
          return (rows[0] as { pk: number }).pk;
        },
      };
    },
  };
}

/** A statement's form for many: as it says itself, or each in its turn. */
function manyText(text: string, { types, text: own }: Many): string {
  const of = Object.entries(
    Array.isArray(types) ? Object.fromEntries(types.map((type, index) => [`p${index + 1}`, type])) : types,
  );
  const lists = ['CAST(:call AS int[])', ...of.map(([name, type]) => `CAST(:${name} AS ${type}[])`)];
  const given = `unnest(${lists.join(', ')}) AS t (${['call', ...of.map(([name]) => name)].join(', ')})`;
  if (own !== undefined) return own(given);
  let place = 0;
  const ofRow = text.replace(parts, (part: string, name: string | undefined) => {
    if (part === '?') {
      place += 1;
      return `t.p${place}`;
    }
    return name === undefined ? part : `t.${name}`;
  });
  return `SELECT t.call, each.* FROM ${given} CROSS JOIN LATERAL (${ofRow}) AS each`;
}

/** What is quoted, `::`, and a value: only the last is replaced. */
const parts = /'(?:[^']|'')*'|::|\?|:([a-zA-Z]\w*)/g;

/** Numbers the values of a statement: `?` in their order, `:name` by their first place. */
function numberValues(text: string): { numbered: string; names: readonly string[] } {
  const names: string[] = [];
  let count = 0;
  const numbered = text.replace(parts, (part: string, name: string | undefined) => {
    if (part === '?') {
      count += 1;
      return `$${count}`;
    }
    if (name === undefined) return part;
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { numbered, names };
}
