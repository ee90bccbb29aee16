import type { Answer, Ask } from '../sql/sql.ts';
import { type Asker, type Connection, send } from './perform.ts';
import type { PostgresStatement } from './postgresSql.ts';

/** An ask, and whoever waits for its answer. */
interface Waiting {
  readonly ask: Ask;
  readonly answered: PromiseWithResolvers<Answer>;
}

/** Asks of one statement that go out together. */
interface Group {
  readonly statement: PostgresStatement;
  /** The chains that have one in it. */
  readonly chains: Set<number>;
  readonly waiting: Waiting[];
}

/**
 * What the chains of a batch ask over one connection. Chains that do the same are at the same statement at the same time: what
 * they ask in one turn goes out as one question for all of them, where the statement has a form for that. Each chain's own
 * questions keep their order.
 */
export class Line {
  readonly #connection: Connection;
  #groups: Group[] = [];
  #chains = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A new chain: its questions keep their order. */
  chain(): Asker {
    this.#chains += 1;
    const chain = this.#chains;
    return {
      ask: ask => this.#ask(chain, ask),
      beside: () => this.chain(),
      // Behind the flush, which was put off before.
      flushed: () => new Promise(resolve => process.nextTick(resolve)),
    };
  }

  #ask(chain: number, ask: Ask): Promise<Answer> {
    const waiting = { ask, answered: Promise.withResolvers<Answer>() };
    // Behind the microtasks: by then every chain that has just been answered has asked its next question.
    if (this.#groups.length === 0) process.nextTick(() => this.#flush());
    const statement = ask.statement as PostgresStatement;
    const last = this.#groups.findLastIndex(({ chains }) => chains.has(chain));
    const group = this.#groups.find((each, index) => index > last && each.statement === statement);
    if (group === undefined) this.#groups.push({ statement, chains: new Set([chain]), waiting: [waiting] });
    else {
      group.chains.add(chain);
      group.waiting.push(waiting);
    }
    return waiting.answered.promise;
  }

  #flush(): void {
    const groups = this.#groups;
    this.#groups = [];
    for (const { statement, waiting } of groups) {
      if (statement.many !== undefined && waiting.length > 1)
        this.#sendMany(statement, statement.many, waiting);
      else for (const { ask, answered } of waiting) answered.resolve(send(this.#connection, ask));
    }
  }

  /** Asks for all at once. A row says by `call` whom it is for. */
  #sendMany(statement: PostgresStatement, many: PostgresStatement, waiting: readonly Waiting[]): void {
    const rowsOf: object[][] = waiting.map(() => []);
    const columns = many.names.map(name =>
      waiting.map(({ ask }, call) => (name === 'call' ? call : statement.valueOf(ask.values, name))),
    );
    this.#connection.query<{ call: number }>({ name: many.name, text: many.text, values: columns }).then(
      ({ rows }) => {
        for (const row of rows) rowsOf[row.call]?.push(row);
        waiting.forEach(({ answered }, call) => {
          const rows = rowsOf[call] as object[];
          answered.resolve({ rows, count: rows.length });
        });
      },
      (error: unknown) => {
        for (const { answered } of waiting) answered.reject(error);
      },
    );
  }
}
