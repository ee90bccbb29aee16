import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { isBluetickError } from '../../../middleware/errors.ts';
import { moveStore } from '../../../middleware/storage/move/moveStore.ts';
import {
  openPostgresStore,
  type PostgresStoreOptions,
} from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { testDatabase } from '../../support/postgres.ts';

describe('a database that cannot be opened', () => {
  async function refusalOf(options: PostgresStoreOptions): Promise<string> {
    const error = await openPostgresStore(options).then(
      store => store.close(),
      (error: unknown) => error,
    );
    assert.ok(isBluetickError(error), String(error));
    assert.equal(error.code, 'store_unavailable');
    assert.doesNotMatch(error.message, /hunter2/);
    return error.message;
  }

  async function urlWith(over: Partial<Pick<URL, 'password' | 'pathname' | 'port'>>): Promise<string> {
    return Object.assign(new URL(await testDatabase()), over).href;
  }

  it('says that the password is wrong', async () => {
    const message = await refusalOf({ url: await urlWith({ password: 'hunter2' }) });
    assert.match(message, /see DATABASE_URL: password authentication failed for user "postgres"$/);
  });

  it('says that there is no such database', async () => {
    const message = await refusalOf({ url: await urlWith({ pathname: '/nowhere' }) });
    assert.match(message, /see DATABASE_URL: database "nowhere" does not exist$/);
  });

  it('says that nobody listens there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    assert.ok(at !== null && typeof at === 'object');
    server.close();
    const message = await refusalOf({ url: `postgres://bluetick:hunter2@127.0.0.1:${at.port}/bluetick` });
    assert.match(message, /see DATABASE_URL: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('says no more than the state where the server tells of what is in it', async () => {
    const url = await testDatabase();
    const client = new pg.Client(url);
    await client.connect();
    await client.query('CREATE TABLE bluetick_version (hunter2 text)');
    await client.end();
    assert.match(await refusalOf({ url }), /see DATABASE_URL: SQLSTATE 42703$/);
  });

  it('is told of to who moves a store, too', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'bluetick-closed-')), 'bluetick.sqlite');
    await (await openSqliteStore({ path, thread: false })).close();
    const url = await urlWith({ password: 'hunter2' });
    await assert.rejects(moveStore({ path, database: { url } }), {
      code: 'store_unavailable',
      message: /see DATABASE_URL: password authentication failed for user "postgres"$/,
    });
    await rm(dirname(path), { recursive: true });
  });

  it('says that there is no token, and not what the identity says of it', async () => {
    const message = await refusalOf({
      url: await testDatabase(),
      password: async () => {
        throw Object.assign(new Error('hunter2 is not known'), { name: 'CredentialUnavailableError' });
      },
    });
    assert.equal(message, 'DATABASE_AUTH: there is no token for the database (CredentialUnavailableError)');
  });
});
