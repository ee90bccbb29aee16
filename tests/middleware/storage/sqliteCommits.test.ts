import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { MessageChannel } from 'node:worker_threads';
import sinon from 'sinon';
import { BluetickError } from '../../../middleware/errors.ts';
import { askDatabase } from '../../../middleware/storage/sqlite/askDatabase.ts';
import { serveDatabase } from '../../../middleware/storage/sqlite/serveDatabase.ts';
import { addressOf, batchOf, outboundTo } from './batchOf.ts';
import { storeFolder } from './storeFolder.ts';

describe('the embedded store', () => {
  const { open } = storeFolder();
  afterEach(() => sinon.restore());

  describe('shares commits', () => {
    /** Counts what reaches the database of a store that runs in place. */
    const watch = async () => {
      const exec = sinon.spy(DatabaseSync.prototype, 'exec');
      const store = await open(false);
      exec.resetHistory();
      const count = (sql: string) => exec.args.filter(([said]) => said.includes(sql)).length;
      return { store, count };
    };

    it('among the calls of one turn of the event loop', async () => {
      const { store, count } = await watch();
      const calls = Array.from({ length: 10 }, (_, index) => store.admit(batchOf(`w${index}`)));
      await Promise.all([...calls, store.deadLetters(1), store.conversation('c_x')]);
      assert.deepEqual([count('BEGIN IMMEDIATE'), count('COMMIT')], [1, 1]);
    });

    it('begins with many before the turn ends, and the rest share the next one', async () => {
      const { store, count } = await watch();
      const calls = Array.from({ length: 100 }, (_, index) => store.admit(batchOf(`w${index}`)));
      assert.equal(count('BEGIN IMMEDIATE'), 1);
      await Promise.all(calls);
      assert.deepEqual([count('BEGIN IMMEDIATE'), count('COMMIT')], [2, 2]);
    });

    it('that reach the disk where a caller relies on it, and only there', async () => {
      const { store, count } = await watch();
      await store.deadLetters(1);
      assert.deepEqual([count('PRAGMA synchronous = FULL'), count('PRAGMA synchronous = NORMAL')], [0, 1]);
      await Promise.all([store.deadLetters(1), store.admit(batchOf('w1'))]);
      assert.deepEqual([count('PRAGMA synchronous = FULL'), count('PRAGMA synchronous = NORMAL')], [1, 1]);
    });

    it('and undoes alone a call that fails', async () => {
      const { store, count } = await watch();
      const [good, bad, alsoGood] = await Promise.allSettled([
        store.admit(batchOf('w1')),
        store.addOutbound(outboundTo('c_unknown')),
        store.admit(batchOf('w2')),
      ]);
      assert.equal(count('COMMIT'), 1);
      assert.deepEqual([good?.status, alsoGood?.status], ['fulfilled', 'fulfilled']);
      const reason = bad?.status === 'rejected' ? bad.reason : undefined;
      assert.ok(reason instanceof BluetickError);
      assert.deepEqual([reason.code, reason.message], ['internal', 'The store could not addOutbound']);
      for (const key of ['w1', 'w2']) assert.notEqual(await store.conversation(addressOf(key)), undefined);
    });

    for (const thread of [true, false]) {
      it(`and keeps nothing of a call that fails half way (${thread ? 'in a thread' : 'in place'})`, async () => {
        const store = await open(thread);
        // The tables are strict: a time that is no whole number is refused when the first message is written already.
        const half = batchOf('first', { key: 'second', sentAt: 0.5 });
        const [bad, good] = await Promise.allSettled([store.admit(half), store.admit(batchOf('w1'))]);
        assert.deepEqual([bad?.status, good?.status], ['rejected', 'fulfilled']);
        assert.equal(await store.conversation(addressOf('first')), undefined);
        assert.notEqual(await store.conversation(addressOf('w1')), undefined);
        const { admitted } = await store.admit(batchOf('first'));
        assert.equal(admitted[0]?.status, 'admitted');
      });
    }
  });

  describe('served to another thread', () => {
    it('shares a commit among all batches that have come when the last one ends, and answers each of them', async () => {
      const exec = sinon.spy(DatabaseSync.prototype, 'exec');
      const { port1, port2 } = new MessageChannel();
      const opening = askDatabase(port1, 'close');
      serveDatabase(port2, ':memory:');
      const [db] = exec.thisValues as [DatabaseSync];
      const asked = await opening;
      exec.resetHistory();
      const admit = (...keys: string[]) =>
        asked.run(keys.map(key => ({ name: 'admit', args: [batchOf(key)] }) as const));
      const find = (key: string) => asked.run([{ name: 'conversation', args: [addressOf(key)] }]);
      const [two, one, found] = await Promise.all([admit('w1', 'w2'), admit('w3'), find('w2')]);
      assert.deepEqual(
        exec.args.filter(([said]) => said === 'COMMIT'),
        [['COMMIT']],
      );
      const refsOf = (results: readonly object[]) =>
        results.map(result => Reflect.get(result, 'value').admitted[0].ref);
      assert.deepEqual([refsOf(two), refsOf(one)], [['m1', 'm2'], ['m3']]);
      assert.equal(Reflect.get(found[0] ?? {}, 'value').customer, 'of w2');

      db.exec('PRAGMA query_only = ON');
      const failed = await Promise.allSettled([admit('w4'), find('w4'), admit('w5')]);
      assert.deepEqual(
        failed.map(({ status }) => status),
        ['rejected', 'rejected', 'rejected'],
      );
      db.exec('PRAGMA query_only = OFF');
      assert.deepEqual(refsOf(await admit('w6')), ['m4']);
      await asked.close();
      assert.throws(() => db.exec('SELECT 1'), /not open/);
    });
  });

  describe('that cannot write', () => {
    it('rejects every caller of the batch, keeps nothing of it, and works again when there is room', async () => {
      const exec = sinon.spy(DatabaseSync.prototype, 'exec');
      const store = await open(false);
      const [db] = exec.thisValues as [DatabaseSync];
      sinon.restore();
      await store.admit(batchOf('before'));
      // As if the disk were full: not one page more.
      const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number };
      db.exec(`PRAGMA max_page_count = ${pages}`);
      const large = { type: 'text', text: 'x'.repeat(20_000) };
      const results = await Promise.allSettled([
        store.admit(batchOf('small')),
        store.admit(batchOf({ key: 'large', content: large })),
        store.conversation('c_x'),
      ]);
      for (const result of results) {
        assert.equal(result.status, 'rejected');
        assert.ok(result.reason instanceof BluetickError);
        assert.equal(result.reason.code, 'store_unavailable');
        assert.equal(result.reason.message, 'The store cannot be written: the transaction failed');
        assert.match(String(result.reason.cause), /disk is full/);
      }
      for (const key of ['small', 'large']) assert.equal(await store.conversation(addressOf(key)), undefined);
      assert.notEqual(await store.conversation(addressOf('before')), undefined);

      db.exec('PRAGMA max_page_count = 100000');
      const again = await Promise.all([
        store.admit(batchOf('small')),
        store.admit(batchOf({ key: 'large', content: large })),
      ]);
      assert.deepEqual(
        again.map(({ admitted }) => admitted[0]?.status),
        ['admitted', 'admitted'],
      );
    });
  });
});
