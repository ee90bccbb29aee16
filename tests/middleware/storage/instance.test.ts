import assert from 'node:assert/strict';
import pg from 'pg';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { testDatabase } from '../../support/postgres.ts';

describe('an instance on PostgreSQL', function () {
  this.timeout(20_000);

  it('frees what one leased that was taken away before, and leaves what one has that lives', async () => {
    const url = await testDatabase();
    const living = await openPostgresStore({ url });
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ id: number }>('SELECT id FROM instance');
    const me = Number(rows[0]?.id);
    const stray = me + 1000;
    const insert = 'INSERT INTO lane (kind, conversation, due_at, leased) VALUES ($1, $2, 5, $3)';
    await client.query(insert, ['turn', 1, stray]);
    await client.query(insert, ['turn', 2, me]);
    await client.query(`INSERT INTO forward_lane (lane, due_at, leased) VALUES ('a lane', 5, $1)`, [stray]);
    const other = await openPostgresStore({ url });
    const lanes = await client.query('SELECT leased FROM lane ORDER BY conversation');
    const forwards = await client.query('SELECT leased FROM forward_lane');
    assert.deepEqual([...lanes.rows, ...forwards.rows], [{ leased: 0 }, { leased: me }, { leased: 0 }]);
    await client.end();
    await other.close();
    await living.close();
  });
});
