import assert from 'node:assert/strict';
import { type FakeTime, fakeTime } from '../../../support/fakeTime.ts';
import { event, type HookWorld, startHookWorld } from './hookWorld.ts';

const second = 1000;

describe('HookSender, at its limits', () => {
  let time: FakeTime;
  let world: HookWorld;
  beforeEach(async () => {
    time = fakeTime();
    world = await startHookWorld();
    world.sender.start();
  });
  afterEach(async () => {
    await world.close();
    time.restore();
  });

  const calls = () => world.receiver.calls.length;
  const messages = () => world.receiver.calls.map(({ body }) => JSON.parse(body.toString()).data.message);
  const addMany = async (count: number, path: (n: number) => string) => {
    for (let n = 0; n < count; n += 1) await world.store.addHooks(event(`o${n}`), [world.url(path(n))]);
    world.sender.wake();
    await time.jump(0);
  };
  const ended = async (tries: number) => {
    await time.jump(0);
    await world.ended(tries);
  };

  it('has few tries under way to one address that hangs, and goes on with the others', async () => {
    world.answer(({ path }) => (path.startsWith('/slow') ? 'hang' : { status: 204 }));
    await addMany(200, n => (n % 2 === 0 ? '/slow' : '/fast'));
    await world.ended(100);
    const slow = world.receiver.calls.filter(({ path }) => path.startsWith('/slow')).length;
    assert.ok(slow >= 10 && slow < 20, `${slow} under way`);
    assert.equal(world.sender.counts.delivered, 100);
  });

  it('has no more than fifty tries under way at all', async () => {
    world.answer(() => 'hang');
    await addMany(100, n => `/slow${n}`);
    await world.receiver.called(50);
    // The others wait in the store.
    const unclaimed = (await world.store.claimHooks(time.now(), 1000, 0)).hooks;
    assert.equal(unclaimed.length, 50);
  });

  it('says once that the store drops what is too much for an address, and counts it', async function () {
    this.timeout(10_000);
    const urls = Array.from({ length: 1000 }, () => world.url());
    const later = event('o1', { at: time.now() + 60_000 });
    const add = async (times: number) => {
      for (let each = 0; each < times; each += 1) await world.store.addHooks(later, urls);
      world.sender.wake();
      await time.jump(0);
    };
    await add(101);
    assert.equal(world.sender.counts.dropped, 1000);
    await add(2);
    assert.equal(world.sender.counts.dropped, 3000);
    assert.deepEqual(
      world.lines.map(({ level, message }) => [level, message]),
      [['warn', 'Too many web hooks wait for an address: the oldest are dropped from now on']],
    );
  });

  it('waits for tries under way when it stops, and takes no new ones', async () => {
    world.answer(() => 'hang');
    await addMany(1, () => '/slow');
    await world.receiver.called(1);
    let stopped = false;
    const stopping = world.sender.stop().then(() => {
      stopped = true;
    });
    await world.add(event('o2'), world.url());
    await time.jump(5 * second - 1);
    assert.equal(stopped, false);
    await time.jump(1);
    await stopping;
    assert.equal(calls(), 1);
    assert.deepEqual(world.sender.counts, { delivered: 0, retried: 0, givenUp: 0, dropped: 0 });
  });

  it('goes on after a stop with what it had under way, as if it had not been tried', async () => {
    world.answer(() => 'hang');
    await addMany(1, () => '/slow');
    await world.receiver.called(1);
    const stopping = world.sender.stop();
    await time.jump(5 * second);
    await stopping;
    world.answer(() => ({ status: 204 }));
    const next = world.another();
    next.start();
    await time.jump(25 * second);
    await ended(1);
    assert.deepEqual(messages(), ['o0', 'o0']);
    assert.equal(
      world.receiver.calls[0]?.headers['webhook-id'],
      world.receiver.calls[1]?.headers['webhook-id'],
    );
    assert.equal(next.counts.delivered, 1);
  });

  it('a store that cannot be asked is asked again after a second', async () => {
    await time.jump(0);
    world.breakNext('claimHooks');
    await world.add(event('o1'), world.url());
    await time.jump(0);
    assert.equal(calls(), 0);
    await time.jump(second);
    await ended(1);
    assert.equal(world.sender.counts.delivered, 1);
    assert.deepEqual(
      world.lines.map(({ level, message }) => [level, message]),
      [['error', 'The store cannot be asked for web hooks']],
    );
  });

  it('a try whose end the store could not keep is made again when its lease is over', async () => {
    world.breakNext('endHook');
    await world.add(event('o1'), world.url());
    await ended(1);
    assert.equal(world.lines[0]?.message, 'What became of a web hook cannot be kept');
    await time.jump(30 * second - 1);
    assert.equal(calls(), 1);
    await time.jump(1);
    await ended(2);
    assert.deepEqual(messages(), ['o1', 'o1']);
  });

  it('sees what is added while it looks', async () => {
    for (let n = 0; n < 30; n += 1) {
      await world.store.addHooks(event(`o${n}`), [world.url(`/${n}`)]);
      world.sender.wake();
      await time.jump(0);
      world.sender.wake();
    }
    await ended(30);
    assert.equal(new Set(messages()).size, 30);
  });

  it('is not started twice by a wake, nor by one after its stop', async () => {
    await world.sender.stop();
    await world.add(event('o1'), world.url());
    await time.jump(120 * second);
    assert.equal(calls(), 0);
    world.sender.start();
    await ended(1);
    assert.deepEqual(messages(), ['o1']);
  });
});
