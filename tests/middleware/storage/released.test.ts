import assert from 'node:assert/strict';
import type { Pool } from 'pg';
import { migrate } from '../../../middleware/storage/postgres/migrate.ts';
import { areDead, areNone, lookAfter, released } from '../../../middleware/storage/postgres/released.ts';
import { type CountedPool, openCounted } from '../../support/lookedAt.ts';
import { testDatabase } from '../../support/postgres.ts';

describe('looking after the dead on PostgreSQL', function () {
  this.timeout(20_000);
  const waiting = 3000;
  let pool: Pool;
  let taken: CountedPool['taken'];

  beforeEach(async () => {
    ({ pool, taken } = await openCounted(await testDatabase()));
    await migrate(pool);
    const rows = `FROM generate_series(1, ${waiting}) AS n`;
    await pool.query(
      `INSERT INTO lane (kind, conversation, due_at, leased) SELECT 'receipt', n, 9, 0 ${rows}`,
    );
    await pool.query(`INSERT INTO forward_lane (lane, due_at, leased) SELECT 'lane ' || n, 9, 0 ${rows}`);
    await pool.query(
      `INSERT INTO hook (id, url, event, created_at, due_at) SELECT n, 'https://a.example/', '{}', 9, 9 ${rows}`,
    );
    await pool.query(
      `INSERT INTO escalation (pk, conversation, rule, key, due_at, state)
       SELECT n, n, '{}', 'a key', 9, CASE WHEN n % 2 = 0 THEN 'waiting' ELSE 'escalated' END ${rows}`,
    );
  });
  afterEach(() => pool.end());

  /** How many rows a statement looks at, whatever comes of them. */
  async function looksAt(statement: string): Promise<number> {
    taken();
    await pool.query(statement);
    const [looked] = taken();
    assert.equal(looked?.statement, statement);
    return looked.rows;
  }

  for (const known of [false, true]) {
    it(`looks at nothing that only waits${known ? ', also where it is known how much that is' : ''}`, async () => {
      if (known) await pool.query('ANALYZE');
      const { rows } = await pool.query<{ id: number }>(
        `INSERT INTO instance (seen_at) VALUES (clock_timestamp()), (clock_timestamp() - interval '1 hour') RETURNING id`,
      );
      const [living, gone] = rows.map(({ id }) => id);
      await pool.query('UPDATE lane SET leased = $1 WHERE conversation = 5', [living]);
      await pool.query('UPDATE lane SET leased = $1 WHERE conversation IN (7, 8)', [gone]);
      await pool.query(
        `UPDATE hook SET leased = CASE id WHEN '5' THEN $1::int ELSE $2 END WHERE id IN ('5', '7')`,
        [living, gone],
      );
      const most = 100;
      assert.ok((await looksAt(lookAfter(areNone))) < most);
      assert.ok((await looksAt(lookAfter(areDead))) < most);
      assert.ok((await looksAt(released(areNone, true))) < most);
      const looked = await pool.query(lookAfter(areDead));
      assert.deepEqual(looked.rows, [{ living: 1, some: true }]);
      assert.ok((await looksAt(released(areDead, true))) < most);
      const after = await pool.query('SELECT conversation::int FROM lane WHERE leased <> 0');
      assert.deepEqual(after.rows, [{ conversation: 5 }]);
      const hooks = await pool.query(
        'SELECT id, due_at::int FROM hook WHERE leased <> 0 OR due_at = 0 ORDER BY id',
      );
      assert.deepEqual(hooks.rows, [
        { id: '5', due_at: 9 },
        { id: '7', due_at: 0 },
      ]);
      const again = await pool.query(lookAfter(areDead));
      assert.deepEqual(again.rows, [{ living: 1, some: false }]);
    });
  }
});
