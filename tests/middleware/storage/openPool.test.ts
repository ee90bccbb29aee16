import assert from 'node:assert/strict';
import { openLine, openPool } from '../../../middleware/storage/postgres/openPool.ts';

import { testDatabase } from '../../support/postgres.ts';

describe('a connection to PostgreSQL', () => {
  /** What the driver makes of the settings; nothing is opened. */
  const tlsTo = (url: string, password?: () => Promise<string>) =>
    Reflect.get(openLine({ url, ...(password && { password }) }), 'ssl');

  it('encrypts what goes to another machine, and checks who that is', () => {
    for (const password of [undefined, async () => 'a token']) {
      for (const query of ['', '?sslmode=require', '?sslmode=no-verify', '?sslmode=prefer'])
        assert.deepEqual(tlsTo(`postgres://bluetick@db.example/bluetick${query}`, password), {
          rejectUnauthorized: true,
        });
      assert.equal(tlsTo('postgres://bluetick@127.0.0.1:5432/bluetick', password), false);
      assert.equal(tlsTo('postgres://bluetick@db.example/bluetick?sslmode=disable', password), false);
    }
  });

  it('looks at rows by their index, also in a table that PostgreSQL takes to be small', async () => {
    const pool = openPool({ url: await testDatabase() });
    try {
      await pool.query('CREATE TABLE few (pk bigint PRIMARY KEY)');
      await pool.query('INSERT INTO few VALUES (1), (2)');
      const joined = 'SELECT * FROM unnest($1::bigint[]) AS wanted JOIN few ON few.pk = wanted';
      const { rows } = await pool.query(`EXPLAIN ${joined}`, [[1, 2]]);
      const plan = rows.map(row => row['QUERY PLAN']).join('\n');
      assert.match(plan, /Index.* Scan using few_pkey/);
      assert.doesNotMatch(plan, /Seq Scan|Hash Join/);
    } finally {
      await pool.end();
    }
  });
});
