import assert from 'node:assert/strict';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import sinon from 'sinon';
import { BluetickError } from '../../../middleware/errors.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { addressOf, batchOf } from './batchOf.ts';
import { storeFolder } from './storeFolder.ts';

describe('the embedded store', () => {
  const files = storeFolder();
  const { open, inProcess } = files;
  afterEach(() => sinon.restore());

  describe('opens', () => {
    it('a file in a folder that nobody else may look into, and makes both', async () => {
      const store = await open(true, join(files.folder, 'a', 'b', 'store.sqlite'));
      assert.deepEqual(await store.deadLetters(1), []);
      assert.equal((await stat(join(files.folder, 'a', 'b'))).mode & 0o777, 0o700);
    });

    it('one file for one process: a second one is told what to do', async function () {
      this.timeout(20_000);
      const store = await open(true);
      const { child, said } = await inProcess();
      const { code, message, field } = said.refused;
      assert.deepEqual([code, field], ['invalid_configuration', 'BLUETICK_DATA']);
      assert.match(message, /store\.sqlite is in use by another process.*stop the other.*BLUETICK_DATA/);
      if (child.exitCode === null) await once(child, 'exit');
      assert.equal(child.exitCode, 0);
      await store.admit(batchOf('w1'));
    });

    it('a file that another process had, once it is gone', async function () {
      this.timeout(20_000);
      const { child, said } = await inProcess();
      assert.deepEqual(said, { open: true });
      child.kill('SIGKILL');
      await once(child, 'exit');
      await open(true);
    });

    for (const thread of [true, false]) {
      it(`no file of a newer version, and leaves it as it is (${thread ? 'in a thread' : 'in place'})`, async () => {
        await (await openSqliteStore({ path: files.path, thread: false })).close();
        const db = new DatabaseSync(files.path);
        db.exec('PRAGMA user_version = 999');
        db.close();
        await assert.rejects(openSqliteStore({ path: files.path, thread }), {
          name: 'BluetickError',
          code: 'invalid_configuration',
          field: 'BLUETICK_DATA',
          message:
            /made by a newer version of Bluetick \(its tables are of version 999, this version knows \d+\)/,
        });
        const after = new DatabaseSync(files.path);
        assert.deepEqual({ ...after.prepare('PRAGMA user_version').get() }, { user_version: 999 });
        after.close();
      });
    }
  });

  describe('keeps its promise', () => {
    it('when its process is killed right after it', async function () {
      this.timeout(20_000);
      const { child, said } = await inProcess('admit');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = await open(true);
      const turn = await store.beginTurn(said.conversation, Date.now());
      assert.deepEqual([turn?.message.ref, turn?.message.content.text], [said.ref, 'hi']);
      const [receipt] = await store.listReceipts(said.conversation, 10);
      assert.deepEqual([receipt?.ref, receipt?.outcome], [said.ref, 'scheduled']);
    });

    it('of what was called before it was closed', async () => {
      const store = await openSqliteStore({ path: files.path });
      const admitted = store.admit(batchOf('w1'));
      await store.close();
      assert.equal((await admitted).admitted[0]?.status, 'admitted');
      assert.notEqual(await (await open(false)).conversation(addressOf('w1')), undefined);
    });
  });

  describe('whose thread dies', () => {
    /** The store's thread: it shows itself when it is spoken to. */
    const openWithThread = async () => {
      const post = sinon.spy(Worker.prototype, 'postMessage');
      const store = await open(true);
      await store.deadLetters(1);
      const [worker] = post.thisValues as [Worker];
      sinon.restore();
      return { store, worker };
    };

    it('rejects the calls that are under way, and those that wait behind them', async () => {
      const { store, worker } = await openWithThread();
      const calls = [store.admit(batchOf('w1')), store.admit(batchOf('w2'))];
      const ended = worker.terminate();
      for (const result of await Promise.allSettled(calls)) {
        assert.equal(result.status, 'rejected');
        assert.equal(result.reason.code, 'store_unavailable');
      }
      await ended;
    });

    it('says why to a caller, works again in another thread, and has kept what it had promised', async () => {
      const { store, worker } = await openWithThread();
      await store.admit(batchOf('before'));
      const cutOff = store.admit(batchOf('cut off'));
      const ended = worker.terminate();
      await assert.rejects(cutOff, (error: unknown) => {
        assert.ok(error instanceof BluetickError);
        assert.equal(error.code, 'store_unavailable');
        assert.match(String(error.cause), /the thread of the store ended/);
        return true;
      });
      await ended;
      assert.notEqual(await store.conversation(addressOf('before')), undefined);
      // The provider comes again with what was not promised: it is admitted once, whatever had become of it.
      await store.admit(batchOf('cut off'));
      const again = await store.admit(batchOf('cut off'));
      assert.equal(again.admitted[0]?.status, 'duplicate');
    });

    it('can be closed, also while nothing runs in it', async () => {
      const { store, worker } = await openWithThread();
      await worker.terminate();
      await store.close();
    });
  });
});
