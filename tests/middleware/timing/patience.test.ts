import assert from 'node:assert/strict';
import { Patience } from '../../../middleware/timing/patience.ts';
import { systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';

describe('Patience', () => {
  let time: FakeTime;
  let patience: Patience;
  let made: number;
  beforeEach(() => {
    time = fakeTime();
    patience = new Patience(systemScheduler, 2000);
    made = 0;
  });
  afterEach(() => time.restore());

  const call = <T>(answer: Promise<T>, late?: (value: T) => void) =>
    patience.call(() => {
      made += 1;
      return answer;
    }, late);
  const away = { code: 'store_unavailable' };

  it('answers what the call answers in time, and leaves no timer behind', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const calling = call(promise);
    await time.pass(1999);
    resolve('there');
    assert.equal(await calling, 'there');
    await assert.rejects(call(Promise.reject(new Error('full'))), { message: 'full' });
    assert.equal(time.pending(), 0);
  });

  it('makes the call at once, so that calls of one turn share a commit', () => {
    void call(Promise.resolve());
    assert.equal(made, 1);
  });

  it('makes no call while one hangs, and makes them again when that has ended, whichever way', async () => {
    for (const end of ['resolve', 'reject'] as const) {
      const hanging = Promise.withResolvers<void>();
      const calls = [call(hanging.promise), call(hanging.promise)].map(each => assert.rejects(each, away));
      await time.pass(2000);
      await Promise.all(calls);
      made = 0;
      await assert.rejects(call(Promise.resolve()), away);
      assert.equal(made, 0);
      hanging[end]();
      await time.settle();
      assert.equal(await call(Promise.resolve('there')), 'there');
    }
  });

  it('tells of an answer that came too late', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const late: string[] = [];
    const calling = assert.rejects(
      call(promise, value => late.push(value)),
      away,
    );
    await time.pass(2000);
    await calling;
    resolve('there');
    await time.settle();
    assert.deepEqual(late, ['there']);
  });
});
