import assert from 'node:assert/strict';
import { type BatchRunner, CommitQueue } from '../../../middleware/storage/commitQueue.ts';
import type { OperationResult } from '../../../middleware/storage/operationCall.ts';

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
    return { queue: new CommitQueue(runner), runner, batches, answers, settle, closings: () => closed };
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

  it('gives a runner that queues batches another where plenty waits, and waits with less', async () => {
    const { runner, batches, answers, settle } = recording();
    const queue = new CommitQueue({ ...runner, queues: true });
    const calls = [queue.call('outbound', ['first'])];
    await settle();
    calls.push(queue.call('outbound', ['less']));
    await settle();
    assert.equal(batches.length, 1);
    for (let more = 2; more <= 64; more += 1) calls.push(queue.call('outbound', [more]));
    assert.deepEqual(
      batches.map(({ length }) => length),
      [1, 64],
    );
    calls.push(queue.call('outbound', ['last']));
    await settle();
    answers[0]?.resolve([value(0)]);
    await settle();
    assert.equal(batches.length, 2);
    answers[1]?.resolve(Array.from({ length: 64 }, (_, index) => value(index + 1)));
    await settle();
    answers[2]?.resolve([value(65)]);
    assert.deepEqual(
      await Promise.all(calls),
      Array.from({ length: 66 }, (_, index) => index),
    );
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
