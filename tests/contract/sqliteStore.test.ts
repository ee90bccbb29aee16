import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Store } from '../../middleware/ports.ts';
import { askDatabase } from '../../middleware/storage/sqlite/askDatabase.ts';
import { addFunctions } from '../../middleware/storage/sqlite/openDatabase.ts';
import { openSqliteStore, storeOver } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { migrations } from '../../middleware/storage/sqlite/schema.ts';
import type { Served } from './manyDatabases.ts';
import { describeStore } from './store.ts';
import { admission, batch, message } from './storeSamples.ts';

let worker: Worker;

/** As `openSqliteStore` does, but in a thread that is there already. */
async function openInThread(path: string): Promise<Store> {
  const { port1: port, port2: ours } = new MessageChannel();
  worker.postMessage({ path, port } satisfies Served, [port]);
  return storeOver(await askDatabase(ours, 'close'));
}

const ways: Readonly<Record<string, (path: string) => Promise<Store>>> = {
  'in a thread': openInThread,
  'in place': path => openSqliteStore({ path, thread: false }),
};

describe('the embedded store', () => {
  before(() => {
    worker = new Worker(new URL('./manyDatabases.ts', import.meta.url));
  });
  after(() => worker.terminate());

  for (const [way, openFile] of Object.entries(ways)) {
    let folder: string;
    const open = () => openFile(join(folder, 'store.sqlite'));
    describeStore(`sqlite, ${way}`, {
      async open() {
        folder = await mkdtemp(join(tmpdir(), 'bluetick-store-'));
        return open();
      },
      async reopen(store) {
        await store.close();
        return open();
      },
      cleanUp: () => rm(folder, { recursive: true }),
    });
  }
});

describe('a file of the embedded store that an earlier version made', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-store-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const version of migrations.keys()) {
    it(`keeps what it has, and does what is new (version ${version} of ${migrations.length})`, async () => {
      const path = join(folder, 'store.sqlite');
      const db = new DatabaseSync(path);
      addFunctions(db);
      for (const migration of migrations.slice(0, version)) db.exec(migration);
      if (version > 0) {
        db.exec(`INSERT INTO conversation (id, channel, business, customer, holder, window_from)
          VALUES ('c_old', 'meta', 'b1', '4915550001111', 'bot', 1)`);
        db.exec(`INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, created_at, due_at)
          VALUES (1, x'', '{"type":"text","text":"hi"}', 'k', 'sent', 'wamid.old', 5, 5)`);
      }
      db.exec(`PRAGMA user_version = ${version}`);
      db.close();
      const store = await openSqliteStore({ path, thread: false });
      try {
        assert.equal(
          (await store.conversation('c_old'))?.customer,
          version > 0 ? '4915550001111' : undefined,
        );
        const { admitted } = await store.admit(batch([admission(message('w1'))]));
        const id = String(admitted[0]?.conversation.id);
        if (version > 0) assert.equal(id, 'c_old');
        const old = await store.ledgerEntry({ channel: 'meta', providerId: 'wamid.old' });
        if (version === 0) assert.equal(old, undefined);
        else if (version < 5) assert.deepEqual([old?.acceptedAt, old?.conversation.id], [5, 'c_old']);
        assert.equal((await store.conversationView(id))?.unread, 1);
        await store.putPolicy({ kind: 'default' }, {});
        assert.equal((await store.policies()).length, 1);
        await store.writeState([{ key: 'a', to: { json: '{}', eTag: '1' } }]);
        assert.deepEqual(await store.readState(['a']), [{ key: 'a', json: '{}', eTag: '1' }]);
      } finally {
        await store.close();
      }
    });
  }
});
