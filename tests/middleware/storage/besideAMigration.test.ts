import assert from 'node:assert/strict';
import pg from 'pg';
import { migrate } from '../../../middleware/storage/postgres/migrate.ts';
import { migrations } from '../../../middleware/storage/postgres/migrations.ts';
import { openPool } from '../../../middleware/storage/postgres/openPool.ts';
import { leaseMs, now, room } from '../../contract/storeSamples.ts';
import { hasty, lookUntil, storeAndClient } from '../../support/sharedStores.ts';
import { conversationStory } from './conversationStory.ts';

describe('an instance on PostgreSQL that serves while a newer version adds to the tables', function () {
  this.timeout(20_000);
  const opened = storeAndClient();
  const admit = (id: string, customer: string) => opened.admit(id, customer);
  /** The migrations of a newer version. */
  const newer = async () => {
    const { rows } = await opened.client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    return [...migrations, rows.map(({ name }) => `ALTER TABLE ${name} ADD COLUMN later TEXT`).join('; ')];
  };
  const migrateTo = async (steps: readonly string[]) => {
    const pool = openPool({ url: opened.url });
    try {
      await migrate(pool, { steps, scheduler: hasty });
    } finally {
      await pool.end();
    }
  };

  it('goes on as before, whatever it is asked', async () => {
    const before = await conversationStory(opened.store, '49155501');
    await migrateTo(await newer());
    const [claimed, after, beside] = await Promise.all([
      opened.store.claimDue(now + 1e9, room, leaseMs),
      conversationStory(opened.store, '49155502'),
      conversationStory(opened.store, '49155503'),
    ]);
    assert.ok(claimed.claims.length > 0);
    assert.deepEqual([after.length, beside.length], [before.length, before.length]);
    assert.equal(await admit('w9', '49155509'), 'admitted');
  });

  it('is not kept waiting by a migration that waits for somebody who reads a table', async () => {
    await admit('w1', '49155501');
    const reader = new pg.Client(opened.url);
    await reader.connect();
    await reader.query('BEGIN; SELECT 1 FROM conversation');
    const migrated = migrateTo(await newer());
    let isMigrated = false;
    void migrated.then(() => {
      isMigrated = true;
    });
    const waits = async () => {
      const { rowCount } = await opened.client.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'ALTER TABLE%' AND wait_event_type = 'Lock'`,
      );
      return rowCount;
    };
    await lookUntil(waits);
    assert.equal(await admit('w2', '49155501'), 'admitted');
    assert.equal(isMigrated, false);
    await reader.query('COMMIT');
    await reader.end();
    await migrated;
    assert.equal(await admit('w3', '49155501'), 'admitted');
  });
});
