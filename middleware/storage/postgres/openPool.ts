import pg from 'pg';
import { BluetickError, describeError } from '../../errors.ts';
import { isLoopback } from '../../isLoopback.ts';
import { deadAfterMs } from './instanceLife.ts';
import { writeTogether } from './writeTogether.ts';

/** The most connections of a process: more than a few batches at once gain nothing. */
export const defaultConnections = 10;

/** How {@link openPool} reaches the database. */
export interface PoolOptions {
  /** As `postgres://user:password@host:5432/database`; `?sslmode=disable` does without TLS. */
  readonly url: string;
  /** The most connections that this process has. Default {@link defaultConnections}. */
  readonly connections?: number;
  /** Gives the password for each new connection: a token that ends. Default: the one in the address. */
  readonly password?: () => Promise<string>;
  /** When a database counts as away. Default {@link defaultPatience}. */
  readonly patience?: Partial<Patience>;
}

/** How long is waited before a database counts as away, in milliseconds. */
export interface Patience {
  /** How long a connection may take to come about, and how long a caller waits for one that is free. */
  readonly connectMs: number;
  /** The longest a statement may take: what takes longer is stuck, and a webhook's sender has given up by then. */
  readonly statementMs: number;
  /**
   * The longest to wait for an answer: a connection that is half open is noticed by then, and closed. More than a statement
   * may take, so that a slow statement is told by the server, and fewer than the 15 seconds after which it must be noticed.
   */
  readonly answerMs: number;
  /** The same for the small questions of a connection beside the pool: with the time between two of them fewer than 15 seconds. */
  readonly lineMs: number;
  /** How long a name is waited for that another process has locked: what is done under one takes milliseconds. */
  readonly lockMs: number;
}

/** See {@link Patience}. */
export const defaultPatience: Patience = {
  connectMs: 5000,
  statementMs: 10_000,
  answerMs: 12_000,
  lineMs: 4000,
  lockMs: 10_000,
};

/**
 * Who falls silent in the middle of a transaction keeps the others from its conversations. The database ends it before they take that
 * process for dead, so that they can take over at once.
 */
const silentInTransactionMs = deadAfterMs - 500;

/**
 * Whatever is asked looks at a few rows by an index. PostgreSQL plans by what it knew of a table when it last counted it: in a new
 * database, or behind a peak, it took all rows of a table that it thought to be small, for each of the statements that it had planned then
 * (twice the processor time at 2,000 conversations, more with each). A bitmap holds whatever fits before the first row is answered, also
 * where a page of ten is asked for (600,000 rows for a list of conversations), and workers beside a statement take longer to begin than it
 * takes. It still does what no index serves: a condition of two with OR between them is asked as a UNION.
 */
const byIndexes: readonly string[] = [
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'max_parallel_workers_per_gather=0',
];

const { builtins, getTypeParser } = pg.types;

/** Whole numbers come as numbers: keys and times in milliseconds stay far below 2^53. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === builtins.INT8 || oid === builtins.NUMERIC) return Number;
    return getTypeParser(oid, format as 'text');
  },
};

/**
 * Connections to a database, none of them open yet. They are in pipeline mode: what is asked in one turn of the event loop
 * goes out in one piece. To another machine they are encrypted, and its certificate is checked, unless the address says
 * otherwise.
 *
 * @throws BluetickError `invalid_configuration` if the address is none
 */
export function openPool({ connections = defaultConnections, ...options }: PoolOptions): pg.Pool {
  const patience = patienceOf(options);
  const pool = new pg.Pool({
    ...connectionTo(options, patience),
    options: asOptions(byIndexes),
    max: connections,
    query_timeout: patience.answerMs,
  });
  // One was cut. Where it was idle, the next caller opens another; where it was at work, its queries fail with it. Without
  // listeners the process would end.
  pool.on('error', () => {});
  pool.on('connect', client => {
    client.on('error', () => {});
    writeTogether(client);
  });
  return pool;
}

/**
 * A connection beside the pool, not open yet, for small questions that nothing waits behind. It ends where an answer to one
 * takes long.
 *
 * @param settings of the connection, as `name=value`. Default none
 */
export function openLine(options: PoolOptions, settings: readonly string[] = []): pg.Client {
  const patience = patienceOf(options);
  return new pg.Client({
    ...connectionTo(options, patience),
    query_timeout: patience.lineMs,
    ...(settings.length > 0 && { options: asOptions(settings) }),
  });
}

/** As a connection is told of settings when it begins: `name=value` each. */
function asOptions(settings: readonly string[]): string {
  return settings.map(setting => `-c ${setting}`).join(' ');
}

function patienceOf({ patience }: PoolOptions): Patience {
  return { ...defaultPatience, ...patience };
}

/** What all connections have in common. */
function connectionTo({ url, password }: PoolOptions, { connectMs, statementMs }: Patience): pg.ClientConfig {
  return {
    ...parsed(url, password),
    // `pipeline` came with pg 8.23, whose types do not know it yet.
    ...({ pipeline: true } as object),
    types: types as pg.CustomTypesConfig,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: silentInTransactionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'bluetick',
  };
}

function parsed(url: string, password: PoolOptions['password']): pg.ClientConfig {
  const at = URL.parse(url);
  if (at === null || !['postgres:', 'postgresql:'].includes(at.protocol)) {
    // The address holds a password: what was got is not said.
    throw new BluetickError(
      'invalid_configuration',
      'DATABASE_URL: allowed is the address of a PostgreSQL database, as postgres://user:password@host:5432/database',
      { field: 'DATABASE_URL' },
    );
  }
  const isPlain = at.searchParams.get('sslmode') === 'disable' || isLoopback(at.hostname);
  at.searchParams.delete('sslmode');
  const ssl = !isPlain && { ssl: { rejectUnauthorized: true } };
  if (password === undefined) return { connectionString: at.href, ...ssl };
  // Of an address pg takes the password too, though there is none, and forgets the one beside it.
  return {
    host: at.hostname,
    port: Number(at.port || 5432),
    user: decodeURIComponent(at.username),
    database: decodeURIComponent(at.pathname.slice(1)),
    password: () => password().catch(noPassword),
    ...ssl,
  };
}

/** What an identity says may hold more than a log should have. */
function noPassword(cause: unknown): never {
  const { code = '', error } = describeError(cause);
  const what = code === '' ? error : `${error}, ${code}`;
  throw new BluetickError(
    'store_unavailable',
    `DATABASE_AUTH: there is no token for the database (${what})`,
    {
      field: 'DATABASE_AUTH',
      cause,
    },
  );
}
