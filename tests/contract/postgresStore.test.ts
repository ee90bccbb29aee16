import pg from 'pg';
import type { Store } from '../../middleware/ports.ts';
import { openPostgresStore } from '../../middleware/storage/postgres/openPostgresStore.ts';
import { testDatabase } from '../support/postgres.ts';
import { describeStore } from './store.ts';

let url: string;
let client: pg.Client;
let store: Store;

before(async () => {
  url = await testDatabase();
  client = new pg.Client(url);
  await client.connect();
  store = await openPostgresStore({ url });
});
after(async () => {
  await store.close();
  await client.end();
});

/** Connections, and what each has prepared, cost more than most tests: they go on from one to the next. */
const borrowed = (): Store => ({ ...store, close: async () => {} });

describeStore('postgres', {
  open: async () => borrowed(),
  async reopen() {
    await store.close();
    store = await openPostgresStore({ url });
    return borrowed();
  },
  async cleanUp() {
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables
       WHERE schemaname = 'public' AND tablename NOT IN ('bluetick_version', 'instance')`,
    );
    await client.query(rows.map(({ name }) => `DELETE FROM ${name};`).join(' '));
  },
});
