import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import type { Pool } from 'pg';
import type { Store } from '../../../middleware/ports.ts';
import { ChangeTable } from '../../../middleware/storage/postgres/changes/changeTable.ts';
import { DatabaseFiles } from '../../../middleware/storage/postgres/files.ts';
import { migrate } from '../../../middleware/storage/postgres/migrate.ts';
import { postgresSql } from '../../../middleware/storage/postgres/postgresSql.ts';
import { runBatch } from '../../../middleware/storage/postgres/runBatch.ts';
import { operationNames } from '../../../middleware/storage/sql/operationKinds.ts';
import { createOperations } from '../../../middleware/storage/sql/operations.ts';
import { now } from '../../contract/storeSamples.ts';
import { type CountedPool, openCounted } from '../../support/lookedAt.ts';
import { testDatabase } from '../../support/postgres.ts';
import type { Perform } from './answerMany.ts';
import { fillCrowd } from './crowd.ts';
import { everyOperation } from './everyOperation.ts';

/** How many rows a statement may look at: some for each of three customers, or for each of a page of ten. */
const most = 400;
/** What looks at more by its nature, and at how many. A row that two parts of a plan have in hand counts twice. */
const more: readonly [statement: RegExp, rows: number][] = [
  // Whoever asks how many there are has them counted.
  [/^SELECT (\(SELECT )?count\(\*\)|^SELECT coalesce\(sum\(size\)/, Number.POSITIVE_INFINITY],
  // A page of 2000, of which most is told by the keys.
  [/^SELECT key, .* FROM bot_state WHERE key >/s, 4000],
  // What is old goes by ranges of 500 keys, and what was set aside by as many rows.
  [/pk > \$1 AND (l|c)?\.?pk <= \$2/, 4000],
  [/^DELETE FROM \w+ WHERE pk IN \(SELECT pk FROM\s+\(/, 1500],
  // Up to 100 messages that agents have not seen, and 200 that the customer may have waited since.
  [/^SELECT c\.\*, \(SELECT count/, 1200],
  // What all connections of the server have locked: in its memory, and as much as other tests have under way.
  [/FROM pg_locks/, Number.POSITIVE_INFINITY],
  // A piece of 1000.
  [/FROM change ORDER BY/, 3010],
];

describe('the statements of the store on PostgreSQL', function () {
  this.timeout(20_000);
  const me = { id: 7 };
  const operations = createOperations(postgresSql(me));
  let pool: Pool;
  let taken: CountedPool['taken'];
  let performed: Set<string>;
  /** What looked at too much, by statement. */
  let excessive: Map<string, string>;

  before(async () => {
    ({ pool, taken } = await openCounted(await testDatabase()));
    await migrate(pool);
  });
  beforeEach(() => {
    performed = new Set();
    excessive = new Map();
  });
  after(() => pool.end());

  const perform: Perform = async (name, all, call) => {
    performed.add(name);
    const batch = all.map(of => ({ name, args: call(of) }));
    const results = await runBatch(pool, operations, batch);
    count(name);
    return results.map(result => {
      if ('error' in result) assert.fail(`${name}: ${result.error}`);
      return result.value as Awaited<ReturnType<Store[typeof name]>>;
    });
  };

  /** Notes which of the statements since the last time looked at too much. */
  function count(name: string): void {
    for (const { statement, rows } of taken()) {
      const [, allowed = most] = more.find(([pattern]) => pattern.test(statement)) ?? [];
      if (rows > allowed)
        excessive.set(statement, `${name}: ${rows} rows: ${statement.replaceAll(/\s+/g, ' ')}`);
    }
  }

  async function changesAndFiles(mark: string): Promise<void> {
    const changes = new ChangeTable(pool, me);
    await changes.read();
    await changes.epoch();
    const place = await changes.latest();
    assert.ok(place);
    await changes.add([{ conversation: 'c_1', text: '{}' }]);
    await changes.after(place, 10);
    await changes.sweep();
    const files = new DatabaseFiles(pool);
    await files.keep(mark, { about: '{}', expiresAt: now, body: Readable.from([Buffer.from('a')]) }, now);
    for await (const _ of (await files.open(mark))?.body ?? []);
    await files.sweep(now);
    await files.remove(mark);
    count('changes and files');
  }

  const rounds = {
    'with few rows': async () => {},
    'with many, as they were planned when there were few': () => fillCrowd(pool),
    'with many, once PostgreSQL has counted them': () => pool.query('ANALYZE'),
  };
  for (const [mark, [what, prepare]] of Object.entries(rounds).entries())
    it(`look at few rows ${what}`, async () => {
      await prepare();
      taken();
      await everyOperation(perform, `${mark}00`);
      await changesAndFiles(`file ${mark}`);
      assert.deepEqual([...excessive.values()], []);
      assert.deepEqual(
        operationNames.filter(name => !performed.has(name)),
        [],
      );
    });
});
