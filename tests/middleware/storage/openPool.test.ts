import assert from 'node:assert/strict';
import { openLine } from '../../../middleware/storage/postgres/openPool.ts';

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
});
