import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { createOperations, type Operations } from '../../../middleware/storage/sql/operations.ts';
import { openDatabase } from '../../../middleware/storage/sqlite/openDatabase.ts';
import { performNow, sqliteSql } from '../../../middleware/storage/sqlite/sqliteSql.ts';

const now = 1_700_000_000_000;

describe('what a console asks of the embedded store', () => {
  let db: DatabaseSync;
  let statements: Set<string>;
  let operations: Operations;
  beforeEach(() => {
    db = openDatabase(':memory:');
    statements = new Set();
    const watched = new Proxy(db, {
      get: (target, name) =>
        name === 'prepare'
          ? (sql: string) => {
              statements.add(sql);
              return target.prepare(sql);
            }
          : Reflect.get(target, name),
    });
    operations = createOperations(sqliteSql(watched));
  });
  afterEach(() => db.close());

  /** So many conversations, of which each has so many messages of either side. */
  function fill(conversations: number, messages: number) {
    const numbers = (count: number) =>
      `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
    db.exec(`INSERT INTO conversation (id, channel, business, customer, holder, window_from)
      ${numbers(conversations)} SELECT 'c_' || i, 'meta', 'b1', i, 'bot', ${now} + i FROM n`);
    db.exec(`INSERT INTO inbound (conversation, dedupe, kind, content, characters, sent_at, admitted_at, solo)
      ${numbers(messages)} SELECT c.pk, CAST(c.pk || '-' || i AS BLOB), 'message', '{"type":"text"}', 0, ${now} + i, ${now} + i, 0
      FROM n, conversation c`);
    db.exec(`INSERT INTO outbound (conversation, hash, content, correlation, state, created_at, due_at)
      ${numbers(messages)} SELECT c.pk, x'', '{"type":"text","text":"x"}', 'k', 'sent', ${now} + i, 0
      FROM n, conversation c`);
  }
  /** How SQLite goes about the statements that match. */
  const plans = (pattern: RegExp) =>
    [...statements]
      .filter(sql => pattern.test(sql))
      .flatMap(sql => db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
      .map(({ detail }) => String(detail));

  it('reads a page of a thread, and what customers did to it, from indexes, without sorting', () => {
    const steps = plans(/ORDER BY pk DESC LIMIT \?|inbound_about/);
    assert.ok(steps.some(step => /inbound_about \(conversation=\? AND <expr>=\?\)/.test(step)));
    assert.deepEqual(
      steps.filter(step => !/^SEARCH \w+ USING (INTEGER PRIMARY KEY|(COVERING )?INDEX) /.test(step)),
      [],
    );
  });

  it('lists conversations by the index of their times, without sorting, those of people by their own', () => {
    const steps = plans(/c\.window_from DESC/);
    const scans = steps.filter(step => /(SCAN|SEARCH) conversation/.test(step));
    const indexes = scans.map(step => /INDEX (\w+)/.exec(step)?.[1]);
    assert.deepEqual(indexes, ['conversation_latest', 'conversation_queue', 'conversation_agent']);
    assert.deepEqual(
      steps.filter(step => /TEMP B-TREE|SCAN (inbound|outbound|o|w|u)\b/.test(step)),
      [],
    );
  });

  it('looks at so many conversations for a filter that few of them pass, and goes on from there', () => {
    fill(5500, 1);
    db.exec(`UPDATE conversation SET channel = 'acs' WHERE pk = 100`);
    const first = performNow(operations.listConversations({ limit: 10, channel: 'acs' }));
    assert.deepEqual(first, { items: [], next: `${now + 501}.501` });
    const second = performNow(
      operations.listConversations({ limit: 10, channel: 'acs', before: String(first.next) }),
    );
    assert.deepEqual([second.items.map(({ id }) => id), second.next], [['c_100'], undefined]);
  });

  it('tells of a long conversation as quickly as of a short one', () => {
    fill(1, 20_000);
    const started = process.cpuUsage();
    for (let round = 0; round < 20; round += 1) {
      performNow(operations.listConversations({ limit: 500 }));
      performNow(operations.thread('c_1', { limit: 50 }));
    }
    const { user } = process.cpuUsage(started);
    // To walk through its 40,000 rows 40 times takes more than a second.
    assert.ok(user < 500_000, `${user} µs`);
  });
});
