import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import type { LedgerEvent } from '../../../middleware/ports.ts';
import { type HookTable, hookLimit, hookTable } from '../../../middleware/storage/sql/hooks.ts';
import { openDatabase } from '../../../middleware/storage/sqlite/openDatabase.ts';
import { performNow, sqliteSql } from '../../../middleware/storage/sqlite/sqliteSql.ts';

const now = Date.UTC(2026, 10, 22, 12);
const event = (at = now): LedgerEvent => ({
  at,
  channel: 'meta',
  business: 'b1',
  type: 'message.failed',
  message: 'o1',
  conversation: 'c1',
  code: '131026',
});
const [busy, well] = ['https://busy.example/', 'https://well.example/'];

describe('the web hooks of the embedded store', () => {
  let db: DatabaseSync;
  let hooks: HookTable;
  let statements: string[];
  beforeEach(() => {
    db = openDatabase(':memory:');
    statements = [];
    const watched = new Proxy(db, {
      get: (target, name) =>
        name === 'prepare'
          ? (sql: string) => {
              statements.push(sql);
              return target.prepare(sql);
            }
          : Reflect.get(target, name),
    });
    hooks = hookTable(sqliteSql(watched));
  });
  afterEach(() => db.close());

  /** So many hooks to an address, as if they had been added one by one. */
  const fill = (url: string, count: number) =>
    db.exec(`INSERT INTO hook (id, url, event, created_at, due_at)
      WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      SELECT '${url}' || i, '${url}', '${JSON.stringify(event())}', ${now}, ${now} FROM n`);
  const countOf = (url: string) =>
    db.prepare('SELECT count(*) AS count FROM hook WHERE url = ?').get(url)?.count;

  it('of a busy address are not walked through by whoever claims: each is reached by its address or its id', () => {
    const plans = statements
      .filter(sql => !/^INSERT|count/.test(sql))
      .flatMap(sql =>
        db
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map(({ detail }) => String(detail)),
      );
    const steps = plans.filter(step => /\bhook\b/.test(step));
    assert.ok(steps.length >= 4, 'the statements have been found');
    // `min` without a condition is the index's first entry: SQLite calls that a search too.
    const isDirect =
      /^SEARCH hook USING (INTEGER PRIMARY KEY|.*INDEX hook_due( \(url[=>]\?.*)?$|.*\(id=\?\)$)/;
    assert.deepEqual(
      steps.filter(step => !isDirect.test(step)),
      [],
    );
    assert.deepEqual(
      plans.filter(step => /ORDER BY/.test(step)),
      // Of those who are too many for their address, now and then.
      ['USE TEMP B-TREE FOR ORDER BY'],
    );
  });

  it('are dropped, the oldest first, where a hundred thousand wait for one address', () => {
    fill(well, 10);
    fill(busy, hookLimit - 10);
    const oldest = performNow(hooks.claimHooks(now, 2, 1000, [well])).hooks;
    assert.deepEqual(
      oldest.map(({ id }) => id),
      [`${busy}1`, `${busy}2`],
    );
    db.exec('BEGIN');
    let dropped = 0;
    for (let each = 0; each < 5000; each += 1) {
      performNow(hooks.add(event(now + 1), [busy, well]));
      if (each % 700 === 0) dropped += performNow(hooks.claimHooks(now, 0, 1000)).dropped;
    }
    db.exec('COMMIT');
    dropped += performNow(hooks.claimHooks(now, 0, 1000)).dropped;
    assert.equal(performNow(hooks.claimHooks(now, 0, 1000)).dropped, 0);
    const left = Number(countOf(busy));
    assert.ok(left >= hookLimit && left < hookLimit + 1000, `${left} are left`);
    assert.equal(dropped, hookLimit - 10 + 5000 - left);
    assert.equal(countOf(well), 5010);
    const ids = db.prepare(`SELECT id FROM hook WHERE url = ? ORDER BY pk`).all(busy);
    assert.equal(ids[0]?.id, `${busy}${dropped + 1}`);
    // One that was dropped on its way ends as any other.
    performNow(hooks.endHook(`${busy}1`, now));
    assert.equal(performNow(hooks.countHooks()), left + 5010);
  });
});
