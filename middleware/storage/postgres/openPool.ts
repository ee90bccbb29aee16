import pg from 'pg';
import { BluetickError } from '../../errors.ts';
import { isLoopback } from '../../isLoopback.ts';

/** How {@link openPool} reaches the database. */
export interface PoolOptions {
  /** As `postgres://user:password@host:5432/database`; `?sslmode=disable` does without TLS. */
  readonly url: string;
  /** The most connections that this process has. Default 10: more than a few batches at once gain nothing. */
  readonly connections?: number;
  /** Gives the password for each new connection: a token that ends. Default: the one in the address. */
  readonly password?: () => Promise<string>;
}

/** The longest a statement may take: what takes longer is stuck, and a webhook's sender has given up by then. */
const statementTimeoutMs = 10_000;
/** How long a connection may take to come about, and how long a caller waits for one that is free. */
const connectTimeoutMs = 5000;
/**
 * The longest to wait for an answer: a connection that is half open is noticed by then, and closed. More than a statement
 * may take, so that a slow statement is told by the server, and fewer than the 15 seconds after which it must be noticed.
 */
const answerTimeoutMs = 12_000;

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
export function openPool({ url, connections = 10, password }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...parsed(url),
    ...(password !== undefined && { password }),
    max: connections,
    // `pipeline` came with pg 8.23, whose types do not know it yet.
    ...({ pipeline: true } as object),
    types: types as pg.CustomTypesConfig,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: answerTimeoutMs,
    idle_in_transaction_session_timeout: answerTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'bluetick',
  });
  // One that is idle was cut: the next caller opens another. Without a listener the process would end.
  pool.on('error', () => {});
  return pool;
}

function parsed(url: string): pg.PoolConfig {
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
  return { connectionString: at.href, ...(!isPlain && { ssl: { rejectUnauthorized: true } }) };
}
