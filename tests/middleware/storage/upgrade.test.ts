import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { handoffs } from '../../../middleware/storage/sqlite/migrations/handoffs.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { migrations } from '../../../middleware/storage/sqlite/schema.ts';

const now = 1_700_000_000_000;
const id = 'c_aaaaaaaaaaaaaaaa';

describe('a store of the version before hand-offs were kept', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-upgrade-'));
    path = join(folder, 'store.sqlite');
    const before = migrations.slice(0, migrations.indexOf(String(handoffs[0])));
    const db = new DatabaseSync(path);
    db.function('provider_key', { deterministic: true }, (_channel, _id) => Buffer.alloc(16));
    for (const migration of before) db.exec(migration);
    db.exec(`PRAGMA user_version = ${before.length};
      INSERT INTO conversation (id, channel, business, customer, holder, window_from)
        VALUES ('${id}', 'meta', 'b1', '4915550001111', 'queue', ${now})`);
    const insert = db.prepare(`INSERT INTO inbound
      (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, solo)
      VALUES (1, randomblob(16), ?, ?, ?, 1, ${now}, ${now}, 0)`);
    insert.run('w1', 'message', '{"type":"text","text":"hello"}');
    insert.run('w2', 'reaction', '{"type":"reaction","reaction":{"to":"w1","emoji":"👍"}}');
    insert.run('w3', 'message', 'null');
    db.exec(`INSERT INTO outbound (conversation, hash, content, correlation, state, created_at, due_at)
      VALUES (1, x'', '{"type":"text","text":"hi"}', 'k', 'sent', ${now}, ${now})`);
    db.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is read and goes on: the list, the thread with what customers did, and who takes it', async () => {
    const store = await openSqliteStore({ path, thread: false });
    try {
      const [listed] = (await store.listConversations({ limit: 10, holder: 'queue' })).items;
      assert.deepEqual([listed?.id, listed?.unread, listed?.latest?.side], [id, 2, 'business']);
      const { items } = await store.thread(id, { limit: 10 });
      assert.deepEqual(
        items.map(({ side, changes }) => [side, changes.length]),
        [
          ['business', 0],
          ['customer', 0],
          ['customer', 0],
          ['customer', 1],
        ],
      );
      const handoff = { at: now, by: 'agent', acceptedAt: now } as const;
      const taken = { holder: 'agent', agent: 'Anna', handoff, tell: { state: 'accepted' } } as const;
      const handed = await store.handOver(id, { ...taken, now, leaseMs: 1000 });
      assert.deepEqual([handed?.conversation.agent, handed?.claims.length], ['Anna', 1]);
    } finally {
      await store.close();
    }
  });
});
