import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { channelNames } from '../../../middleware/domain.ts';
import { eraseCustomer } from '../../../middleware/privacy/eraseCustomer.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import {
  impersonalTables,
  ownedRows,
  searchedTables,
} from '../../../middleware/storage/sql/personal/personalTables.ts';
import { openDatabase } from '../../../middleware/storage/sqlite/openDatabase.ts';
import { admission, batch, message, now } from '../../contract/storeSamples.ts';
import { holdCustomer, tracesIn } from '../../support/heldCustomer.ts';
import { testDatabase } from '../../support/postgres.ts';
import { storeFolder } from './storeFolder.ts';

const anna = '4915550001111';
const clock = { now: () => now + 1000 };
const listed = new Set([
  ...ownedRows.map(({ table }) => table),
  ...Object.keys(searchedTables),
  ...Object.keys(impersonalTables),
]);

/** Others write before, between and after, so that the customer's rows share pages with theirs, and pages split. */
async function crowd(store: Parameters<typeof holdCustomer>[0], from: number): Promise<void> {
  for (let n = from; n < from + 400; n += 50) {
    const admissions = Array.from({ length: 50 }, (_, i) => {
      const content = { type: 'text', text: `${n + i} `.repeat(60) };
      return admission(message(`w${n + i}`, { customer: `49170${n + i}`, content }));
    });
    await store.admit(batch(admissions));
    await store.writeState(
      admissions.map((_, i) => ({
        key: `whatsapp/conversations/c_${n + i}/`,
        to: { json: JSON.stringify({ n: 'x'.repeat((n + i) % 700) }), eTag: '1' },
      })),
    );
  }
}

describe('what an erasure leaves on the disk of the embedded store', () => {
  const files = storeFolder();

  it('is nothing of the customer: not in the file, not in its log, not in base64', async () => {
    const store = await files.open(true);
    const held: Awaited<ReturnType<typeof holdCustomer>>[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      await crowd(store, turn * 400);
      held.push(await holdCustomer(store, anna, `quillfeather${turn}`, now + turn, channelNames[turn]));
      const json = JSON.stringify({ said: `word-quillfeather${turn}-`.repeat(turn * 30) });
      const key = `whatsapp/users/${anna}/`;
      await store.writeState([{ key, to: { json, eTag: String(turn) } }]);
    }
    await eraseCustomer({ store, clock }, anna);
    const bytes = [files.path, `${files.path}-wal`].filter(existsSync).map(path => readFileSync(path));
    for (const each of held) assert.deepEqual(tracesIn(Buffer.concat(bytes), each), []);
    assert.ok(bytes[0]?.includes('4917012'), 'others are there');
  });
});

describe('what an erasure leaves in the tables of PostgreSQL', () => {
  let client: pg.Client;
  let url: string;
  before(async () => {
    url = await testDatabase();
    client = new pg.Client(url);
    await client.connect();
  });
  after(() => client.end());

  it('is nothing of the customer: not in any table, not in base64', async () => {
    const store = await openPostgresStore({ url });
    try {
      const held = await holdCustomer(store, anna, 'quillfeather', now);
      const other = await holdCustomer(store, '4915550002222', 'birchbarkery', now);
      await eraseCustomer({ store, clock }, anna);
      const rows: Buffer[] = [];
      for (const table of await tables()) rows.push(await rowsOf(table));
      const bytes = Buffer.concat(rows);
      assert.deepEqual(tracesIn(bytes, held), []);
      assert.deepEqual(tracesIn(bytes, other), other.traces);
    } finally {
      await store.close();
    }
  });

  it('is looked for in every table that there is', async () => {
    const unlisted = (await tables()).filter(table => !listed.has(table));
    assert.deepEqual(unlisted, [], 'a table is new: is it a customer’s?');
  });

  async function tables(): Promise<string[]> {
    const { rows } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  /** As PostgreSQL writes rows: bytes, which are hashes, are hexadecimal digits there. */
  async function rowsOf(table: string): Promise<Buffer> {
    const { rows } = await client.query<{ row: string }>(`SELECT CAST(t AS text) AS row FROM "${table}" t`);
    return Buffer.from(rows.map(({ row }) => row).join('\n'));
  }
});

describe('the list of what is a customer’s', () => {
  const files = storeFolder();
  it('has every table of the embedded store', () => {
    const db: DatabaseSync = openDatabase(files.path);
    const found = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    db.close();
    const names = found.map(({ name }) => String(name)).filter(name => !name.startsWith('sqlite_'));
    assert.deepEqual(
      names.filter(name => !listed.has(name)),
      [],
      'a table is new: is it a customer’s?',
    );
  });
});
