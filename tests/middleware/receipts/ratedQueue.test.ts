import assert from 'node:assert/strict';
import { partOf, type Queueing, RatedQueue } from '../../../middleware/receipts/ratedQueue.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';

describe('a queue at a part of a rate', () => {
  let time: FakeTime;
  let instances: number;
  let made: string[];
  beforeEach(() => {
    time = fakeTime();
    instances = 1;
    made = [];
  });
  afterEach(() => time.restore());

  const never = new AbortController().signal;
  const queueOf = (callsPerSecond: number, concurrency = 50) =>
    new RatedQueue({ callsPerSecond, concurrency }, () => instances);
  const ask = (queue: RatedQueue, name: string, { priority = 0, signal = never }: Partial<Queueing> = {}) =>
    queue.add(async () => void made.push(name), { priority, signal });
  const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

  it('makes a call at once where there is room for it', async () => {
    const queue = queueOf(2);
    const all = [ask(queue, 'first'), ask(queue, 'second')];
    assert.deepEqual(made, ['first', 'second']);
    all.push(ask(queue, 'third'));
    assert.deepEqual(made, ['first', 'second']);
    await time.pass(1000);
    await Promise.all(all);
  });

  it('makes its part of the calls, and all instances together make no more than all may', async () => {
    instances = 4;
    const queue = queueOf(8);
    const all = names(6).map(name => ask(queue, name));
    await time.settle();
    assert.deepEqual(made, ['0', '1']);
    await time.pass(1000);
    assert.deepEqual(made, ['0', '1', '2', '3']);
    await time.pass(1000);
    await Promise.all(all);
  });

  it('makes one call in a longer time where its part is less than one a second', async () => {
    instances = 3;
    const queue = queueOf(2);
    const all = names(3).map(name => ask(queue, name));
    await time.settle();
    assert.deepEqual(made, ['0']);
    await time.pass(1499);
    assert.deepEqual(made, ['0']);
    await time.pass(1);
    assert.deepEqual(made, ['0', '1']);
    await time.pass(1500);
    await Promise.all(all);
  });

  it('keeps to the new part when others come, with what waits already, in its order', async () => {
    const queue = queueOf(4);
    const all = names(8).map(name => ask(queue, name));
    all.push(ask(queue, 'reply', { priority: 2 }));
    await time.settle();
    assert.deepEqual(made, ['0', '1', '2', '3']);
    instances = 2;
    all.push(ask(queue, 'last'));
    await time.settle();
    assert.deepEqual(made.slice(4), []);
    await time.pass(1000);
    assert.deepEqual(made.slice(4), ['reply', '4']);
    await time.pass(1000);
    assert.deepEqual(made.slice(6), ['5', '6']);
    await time.pass(1000);
    await Promise.all(all);
    assert.deepEqual(made.slice(8), ['7', 'last']);
  });

  it('keeps to the new part also where no other call comes after others have', async () => {
    const queue = queueOf(20);
    const all = names(200).map(name => ask(queue, name));
    await time.pass(1100);
    assert.equal(made.length, 40);
    instances = 4;
    await time.pass(4000);
    assert.equal(made.length, 60);
    instances = 1;
    await time.pass(7000);
    await Promise.all(all);
  });

  it('keeps to the new part of what may be under way at once, too', async () => {
    const queue = queueOf(100, 4);
    const ends = names(8).map(() => Promise.withResolvers<void>());
    const calls = ends.map(({ promise }, index) =>
      queue.add(
        () => {
          made.push(`${index}`);
          return promise;
        },
        { priority: 0, signal: never },
      ),
    );
    await time.settle();
    assert.deepEqual(made, ['0', '1', '2', '3']);
    instances = 2;
    ends[0]?.resolve();
    await time.pass(1000);
    assert.deepEqual(made.slice(4), [], 'three are under way still');
    for (const { resolve } of ends.slice(1, 4)) resolve();
    await time.settle();
    assert.deepEqual(made.slice(4), ['4', '5']);
    for (const { resolve } of ends) resolve();
    await time.pass(1000);
    await Promise.all(calls);
    assert.equal(made.length, 8);
  });

  it('goes on at its rate when the clock is set back', async () => {
    const queue = queueOf(2);
    await ask(queue, 'before');
    time.set(time.now() - 3 * 3_600_000);
    const all = names(3).map(name => ask(queue, name));
    await time.settle();
    assert.deepEqual(made.slice(1), ['0']);
    time.set(time.now() - 3 * 3_600_000);
    await time.pass(1000);
    await Promise.all(all);
    assert.deepEqual(made.slice(2), ['1', '2']);
  });

  it('sets no timer while nothing waits', async () => {
    const queue = queueOf(1);
    await ask(queue, 'only');
    assert.equal(time.pending(), 0);
  });

  it('takes the part of those that have gone', async () => {
    instances = 4;
    const queue = queueOf(4);
    const all = names(4).map(name => ask(queue, name));
    await time.settle();
    assert.deepEqual(made, ['0']);
    instances = 1;
    all.push(ask(queue, 'last'));
    await time.settle();
    assert.deepEqual(made, ['0', '1', '2', '3']);
    await time.pass(1000);
    assert.deepEqual(made.slice(4), ['last']);
    await Promise.all(all);
  });

  it('takes it soon, also where a call waits for its turn among many', async () => {
    instances = 50;
    const queue = queueOf(1);
    const all = ['first', 'second'].map(name => ask(queue, name));
    await time.settle();
    instances = 1;
    await time.pass(1000);
    assert.deepEqual(made, ['first', 'second']);
    await Promise.all(all);
  });

  it('lets what is under way come to its end, and makes it once', async () => {
    const queue = queueOf(4);
    const end = Promise.withResolvers<string>();
    let calls = 0;
    const first = queue.add(
      () => {
        calls += 1;
        return end.promise;
      },
      { priority: 0, signal: never },
    );
    await time.settle();
    instances = 2;
    const second = ask(queue, 'second');
    await time.settle();
    end.resolve('first');
    assert.equal(await first, 'first');
    await second;
    assert.equal(calls, 1);
  });

  it('lets go of a call whose caller gives up', async () => {
    const queue = queueOf(1);
    const abort = new AbortController();
    const [first, second] = [ask(queue, 'first'), ask(queue, 'second', { signal: abort.signal })];
    await time.settle();
    abort.abort(new Error('given up'));
    await assert.rejects(second, /given up/);
    await first;
    assert.deepEqual(made, ['first']);
    await time.pass(1000);
  });

  it('has a part of what may be under way at once, and at least one', () => {
    assert.deepEqual(
      [1, 2, 3, 50, 80].map(count => partOf(50, count)),
      [50, 25, 16, 1, 1],
    );
  });
});
