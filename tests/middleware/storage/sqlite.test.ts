import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import sinon from 'sinon';
import type { InboundMessage } from '../../../middleware/domain.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import type { AdmissionBatch, Store } from '../../../middleware/ports.ts';
import { type BatchRunner, CommitQueue } from '../../../middleware/storage/sqlite/commitQueue.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import type { OperationResult } from '../../../middleware/storage/sqlite/runBatch.ts';
import { environment } from '../../support/hostProcess.ts';

const now = 1_700_000_000_000;
const leaseMs = 10_000;
const script = join(import.meta.dirname, '..', '..', 'support', 'storeProcess.ts');

/** A batch of one message for each id, each of a customer of its own. */
function batchOf(...items: (string | (Partial<InboundMessage> & { key: string }))[]): AdmissionBatch {
  const admissions = items.map(item => {
    const over = typeof item === 'string' ? { key: item } : item;
    const base = { channel: 'meta', business: 'b1', kind: 'message', sentAt: now } as const;
    const message = {
      ...base,
      customer: `of ${over.key}`,
      providerId: over.key,
      content: { type: 'text', text: 'hi' },
      ...over,
    };
    return {
      message,
      decidedOn: undefined,
      receipt: { outcome: 'scheduled', dueAt: now, because: 'accepted' },
      solo: false,
      expiresAt: undefined,
      characters: 2,
      turn: true,
    } as const;
  });
  return { admissions, rejected: [], firstHolder: 'bot', now, leaseMs };
}

const addressOf = (key: string) => ({ channel: 'meta', business: 'b1', customer: `of ${key}` }) as const;
const outboundTo = (conversation: string) => ({
  conversation,
  content: { type: 'text', text: 'hi' } as const,
  correlation: 'k',
  now,
  leaseMs,
});

describe('the embedded store', () => {
  let folder: string;
  let path: string;
  const opened: Store[] = [];
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-sqlite-'));
    path = join(folder, 'store.sqlite');
  });
  afterEach(async () => {
    sinon.restore();
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    for (const store of opened.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });

  const open = async (thread: boolean, at = path) => {
    const store = await openSqliteStore({ path: at, thread });
    opened.push(store);
    return store;
  };
  /** Begins a process that opens the store; answers the first line that it says. */
  const inProcess = async (...args: string[]) => {
    const child = spawn(process.execPath, [script, path, ...args], {
      env: environment({}),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    return { child, said: JSON.parse(String(line)) };
  };

  describe('opens', () => {
    it('a file in a folder that nobody else may look into, and makes both', async () => {
      const store = await open(true, join(folder, 'a', 'b', 'store.sqlite'));
      assert.deepEqual(await store.deadLetters(1), []);
      assert.equal((await stat(join(folder, 'a', 'b'))).mode & 0o777, 0o700);
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
        await (await openSqliteStore({ path, thread: false })).close();
        const db = new DatabaseSync(path);
        db.exec('PRAGMA user_version = 999');
        db.close();
        await assert.rejects(openSqliteStore({ path, thread }), {
          name: 'BluetickError',
          code: 'invalid_configuration',
          field: 'BLUETICK_DATA',
          message:
            /made by a newer version of Bluetick \(its tables are of version 999, this version knows \d+\)/,
        });
        const after = new DatabaseSync(path);
        assert.deepEqual({ ...after.prepare('PRAGMA user_version').get() }, { user_version: 999 });
        after.close();
      });
    }
  });

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
      const store = await openSqliteStore({ path });
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

describe('the commit queue', () => {
  /** Records batches, and answers each when it is told to. */
  function recording() {
    const batches: string[][] = [];
    const answers: PromiseWithResolvers<readonly OperationResult[]>[] = [];
    let closed = 0;
    const runner: BatchRunner = {
      run(calls) {
        batches.push(calls.map(({ name, args }) => `${name}(${args})`));
        const answer = Promise.withResolvers<readonly OperationResult[]>();
        answers.push(answer);
        return answer.promise;
      },
      async close() {
        closed += 1;
      },
    };
    const settle = async () => {
      for (let turn = 0; turn < 3; turn += 1) await new Promise(resolve => setImmediate(resolve));
    };
    return { queue: new CommitQueue(runner), batches, answers, settle, closings: () => closed };
  }
  const value = (of: unknown): OperationResult => ({ value: of });

  it('runs the calls of one turn of the event loop together, also those of its microtasks', async () => {
    const { queue, batches, answers, settle } = recording();
    const calls = [queue.call('outbound', ['a']), queue.call('deadLetters', [1])];
    await Promise.resolve();
    calls.push(queue.call('outbound', ['b']));
    assert.deepEqual(batches, []);
    await settle();
    assert.deepEqual(batches, [['outbound(a)', 'deadLetters(1)', 'outbound(b)']]);
    answers[0]?.resolve([value(1), value(2), value(3)]);
    assert.deepEqual(await Promise.all(calls), [1, 2, 3]);
  });

  it('runs what comes during a batch together, when that batch has ended', async () => {
    const { queue, batches, answers, settle } = recording();
    const first = queue.call('outbound', ['a']);
    await settle();
    const second = queue.call('outbound', ['b']);
    await settle();
    const third = queue.call('outbound', ['c']);
    await settle();
    assert.deepEqual(batches, [['outbound(a)']]);
    answers[0]?.resolve([value('A')]);
    assert.equal(await first, 'A');
    await settle();
    assert.deepEqual(batches.slice(1), [['outbound(b)', 'outbound(c)']]);
    answers[1]?.resolve([value('B'), value('C')]);
    assert.deepEqual(await Promise.all([second, third]), ['B', 'C']);
  });

  it('begins anew when it has been idle', async () => {
    const { queue, batches, answers, settle } = recording();
    const first = queue.call('outbound', ['a']);
    await settle();
    answers[0]?.resolve([value(undefined)]);
    assert.equal(await first, undefined);
    await settle();
    void queue.call('outbound', ['b']);
    await settle();
    assert.deepEqual(batches, [['outbound(a)'], ['outbound(b)']]);
    answers[1]?.resolve([value(undefined)]);
  });

  it('rejects the call that failed alone, and says which it was', async () => {
    const { queue, answers, settle } = recording();
    const calls = Promise.allSettled([queue.call('outbound', ['a']), queue.call('admit', ['b'])]);
    await settle();
    answers[0]?.resolve([value('A'), { error: 'no such column' }]);
    const [good, bad] = await calls;
    assert.deepEqual(good, { status: 'fulfilled', value: 'A' });
    const reason = bad.status === 'rejected' ? bad.reason : undefined;
    assert.deepEqual(
      [reason?.code, reason?.message, reason?.cause],
      ['internal', 'The store could not admit', 'no such column'],
    );
  });

  it('rejects all where the batch failed, and goes on with the next', async () => {
    const { queue, answers, settle } = recording();
    const calls = Promise.allSettled([queue.call('outbound', ['a']), queue.call('outbound', ['b'])]);
    await settle();
    const later = queue.call('outbound', ['c']);
    answers[0]?.reject(new Error('disk I/O error'));
    for (const result of await calls) {
      assert.equal(result.status, 'rejected');
      assert.deepEqual(
        [result.reason.code, result.reason.cause.message],
        ['store_unavailable', 'disk I/O error'],
      );
    }
    await settle();
    answers[1]?.resolve([value('C')]);
    assert.equal(await later, 'C');
  });

  it('closes when what was called has ended, and takes nothing any more', async () => {
    const { queue, answers, settle, closings } = recording();
    const call = queue.call('outbound', ['a']);
    const closing = queue.close();
    await assert.rejects(queue.call('outbound', ['b']), {
      code: 'store_unavailable',
      message: 'The store cannot be written: it is closed',
    });
    await settle();
    assert.equal(closings(), 0);
    answers[0]?.resolve([value('A')]);
    assert.equal(await call, 'A');
    await closing;
    assert.equal(closings(), 1);
  });
});
