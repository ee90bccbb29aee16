import assert from 'node:assert/strict';
import { fakeSharing } from '../../support/fakeSharing.ts';
import { type ForwardWorld, requestOf, startForwardWorld } from './forwardWorld.ts';

const second = 1000;
const leaseMs = 30 * second;

describe('Forwarder, where something goes wrong', () => {
  let world: ForwardWorld;
  beforeEach(async () => {
    world = await startForwardWorld();
  });
  afterEach(() => world.close());

  const errors = () => world.lines.filter(({ level }) => level === 'error').map(({ message }) => message);

  it('says so where the store does not keep a request, and passes on nothing by itself', async () => {
    world.strike('addForward', 'fails');
    await assert.rejects(world.bring(requestOf('1')), { code: 'store_unavailable' });
    const tried = await world.forwarder.passUnkept(requestOf('1'));
    assert.equal(tried.what, 'taken');
    assert.deepEqual(world.taken(), ['1']);
  });

  it('passes nothing on that another process has taken over while it was silent, and what is its own still as soon as it knows', async () => {
    const sharing = fakeSharing();
    const silent = world.another(sharing);
    for (const [id, end] of [
      ['1', () => sharing.hear()],
      ['2', () => sharing.beginAnew()],
    ] as const) {
      sharing.silence(8 * second);
      const before = world.taken();
      await world.bring(requestOf(id, `lane ${id}`), silent);
      await world.time.settle();
      assert.deepEqual(world.taken(), before);
      end();
      if (id === '1') await world.ended(1);
    }
    await world.time.settle();
    assert.deepEqual([world.taken(), await world.store.countForwards()], [['1'], 1]);
  });

  it('counts a store that does not answer within 2 s as away, and leaves it alone until it does', async () => {
    world.strike('addForward', 'hangs');
    const bringing = assert.rejects(world.bring(requestOf('1')), { code: 'store_unavailable' });
    await world.time.jump(2 * second);
    await bringing;
    await assert.rejects(world.bring(requestOf('2')), { code: 'store_unavailable' });
    world.release();
    await world.time.settle();
    assert.equal(await world.store.countForwards(), 1, 'the second has not been brought to it');
    assert.equal((await world.bring(requestOf('3', 'ben'))).what, 'kept');
  });

  it('hears the answer also to a request that was handed out in the commit that kept it', async () => {
    const first = await world.bring(requestOf('1'));
    world.strike('addForward', 'late');
    world.strike('endForward', 'late');
    const second = world.answerTo('2');
    while ((await world.store.claimForwards(0, 0, 0)).nextDueAt !== undefined) {
      // The store has the second, and knows that the first was taken: it tells both at once.
      if ((await world.store.countForwards()) === 1 && world.door.taken.length === 1) break;
      await world.time.settle();
    }
    world.release();
    assert.equal(first.what === 'kept' && (await first.answered)?.status, 200);
    assert.equal(await second, 200);
  });

  it('does not pass on again what the store has kept too late, and what went out without it', async () => {
    world.strike('addForward', 'late');
    const bringing = assert.rejects(world.bring(requestOf('1')), { code: 'store_unavailable' });
    await world.time.jump(2 * second);
    await bringing;
    await world.forwarder.passUnkept(requestOf('1'));
    world.release();
    await world.time.settle();
    world.forwarder.wake();
    await world.later(leaseMs, 1);
    assert.equal(await world.store.countForwards(), 0);
    assert.deepEqual(world.taken(), ['1']);
  });

  it('passes on what the store has kept too late, where nobody took it without the store', async () => {
    world.strike('addForward', 'late');
    const bringing = assert.rejects(world.bring(requestOf('1')), { code: 'store_unavailable' });
    await world.time.jump(2 * second);
    await bringing;
    world.door.strike({ status: 500 });
    assert.equal((await world.forwarder.passUnkept(requestOf('1'))).what, 'failed');
    world.release();
    await world.time.settle();
    world.forwarder.wake();
    await world.later(leaseMs, 1);
    assert.deepEqual(world.taken(), ['1']);
  });

  it('does not pass on again what was taken and could not be written down, and goes on once it is', async () => {
    for (let tries = 1; tries <= 40; tries += 1) {
      world.strike('endForward', 'fails');
      if (tries === 1) assert.equal(await world.answerTo('1'), 200);
      else await world.later(second, tries);
      await world.ended(tries);
    }
    const behind = world.answerTo('2');
    await world.later(second, 42);
    assert.equal(await behind, 200);
    assert.equal(await world.store.countForwards(), 0);
    assert.deepEqual(world.taken(), ['1', '2']);
    assert.deepEqual(errors(), ['What became of a request that was passed on cannot be kept yet']);
  });

  it('leaves what could not be written down to the next process when it stops', async () => {
    world.strike('endForward', 'fails');
    assert.equal(await world.answerTo('1'), 200);
    await world.ended(1);
    const stopping = world.forwarder.stop();
    await world.time.jump(second);
    await stopping;
    assert.equal(await world.store.countForwards(), 1);
  });

  it('asks a store again that cannot be asked for what is due', async () => {
    await world.store.addForward(requestOf('1'), world.time.now(), 0);
    world.strike('claimForwards', 'fails');
    world.forwarder.wake();
    await world.time.jump(0);
    await world.time.settle();
    assert.deepEqual(errors(), ['The store cannot be asked for requests to pass on']);
    await world.later(second, 1);
    assert.deepEqual(world.taken(), ['1']);
  });

  it('passes on what another worker had under way when it died, once its lease has ended', async () => {
    await world.store.addForward(requestOf('1'), world.time.now(), leaseMs);
    await world.store.addForward(requestOf('2'), world.time.now(), leaseMs);
    world.forwarder.wake();
    await world.time.jump(leaseMs - 1);
    await world.time.settle();
    assert.deepEqual(world.taken(), []);
    await world.later(1, 2);
    assert.deepEqual(world.taken(), ['1', '2']);
  });

  it('shares what waits with another worker: each goes out once, in its order', async () => {
    const other = world.another();
    const ids = Array.from({ length: 100 }, (_, index) => index);
    for (const id of ids) await world.store.addForward(requestOf(`${id}`, `${id % 30}`), world.time.now(), 0);
    other.start();
    world.forwarder.wake();
    await world.later(0, 100);
    const taken = world.taken().map(Number);
    assert.deepEqual(
      taken.toSorted((one, next) => one - next),
      ids,
    );
    for (const lane of ids.slice(0, 30)) {
      const ofLane = taken.filter(id => id % 30 === lane);
      assert.deepEqual(
        ofLane,
        ofLane.toSorted((one, next) => one - next),
      );
    }
    assert.ok(other.counts.passed > 0 && world.forwarder.counts.passed > 0);
  });

  it('leaves room for what comes in where many customers wait', async () => {
    const waiting = Array.from({ length: 60 }, (_, index) => `${index}`);
    for (const id of waiting) await world.store.addForward(requestOf(id, `lane ${id}`), world.time.now(), 0);
    for (const _request of waiting) world.door.strike('hang');
    world.forwarder.wake();
    await world.time.jump(0);
    await world.door.called(20);
    await world.time.settle();
    assert.equal(world.door.calls.length, 20);
    await world.later(10 * second, 20);
    await world.door.called(40);
    assert.equal(world.door.calls.length, 40);
  });

  it('stops what takes long after 5 s, and leaves it to the next, as if it had not been tried', async () => {
    world.door.strike('hang');
    const answer = world.answerTo('1');
    await world.door.called(1);
    const behind = world.answerTo('2');
    const stopping = world.forwarder.stop();
    await world.time.settle();
    await world.time.jump(5 * second);
    await stopping;
    assert.deepEqual([await answer, await behind], [undefined, undefined]);
    assert.equal(await world.store.countForwards(), 2);
    const next = world.another();
    next.start();
    await world.later(leaseMs, 2);
    assert.deepEqual(world.taken(), ['1', '2']);
    assert.deepEqual(next.counts, { passed: 2, retried: 0, dead: 0 });
  });
});
