import assert from 'node:assert/strict';
import type { Store } from '../../../../middleware/ports.ts';
import { type FakeTime, fakeTime } from '../../../support/fakeTime.ts';
import { event, type HookWorld, startHookWorld } from './hookWorld.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('HookSender', () => {
  let time: FakeTime;
  let world: HookWorld;
  const open: HookWorld[] = [];
  const start = async (options: Parameters<typeof startHookWorld>[0] = {}) => {
    world = await startHookWorld(options);
    open.push(world);
    world.sender.start();
    return world;
  };
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    time.restore();
  });

  const bodies = () => world.receiver.calls.map(({ body }) => JSON.parse(body.toString()));
  const ids = () => world.receiver.calls.map(({ headers }) => headers['webhook-id']);
  /** Whatever is due now goes out, and so many tries have ended since the start. */
  const ended = async (tries: number) => {
    await time.jump(0);
    await world.ended(tries);
  };
  /** Time passes in which nothing goes out. */
  const quiet = async (ms: number) => {
    const { length } = world.receiver.calls;
    await time.jump(ms);
    assert.equal(world.receiver.calls.length, length);
  };
  /** What is left in the store, whenever it is due. */
  const left = async (store: Store = world.store) =>
    (await store.claimHooks(Number.MAX_SAFE_INTEGER, 1000, 0)).hooks;

  it('tells an address what happened, signed, as Standard Webhooks says, and then forgets it', async () => {
    await start();
    const at = time.now();
    await world.add(event('o1', { reportedAt: at - 1500 }), world.url());
    await ended(1);
    const [call] = world.receiver.calls;
    assert.equal(call?.path, '/in-the-path?key=in-the-query');
    assert.equal(call?.headers['webhook-timestamp'], String(at / 1000));
    assert.deepEqual(bodies(), [
      {
        type: 'message.level',
        timestamp: '2026-11-22T12:00:00.000Z',
        data: {
          channel: 'meta',
          business: 'b1',
          conversation: 'c1',
          message: 'o1',
          level: 'read',
          implied: false,
          reportedAt: at - 1500,
        },
      },
    ]);
    assert.deepEqual(await left(), []);
    assert.deepEqual(world.sender.counts, { delivered: 1, retried: 0, givenUp: 0, dropped: 0 });
  });

  it('tries again on the schedule of Standard Webhooks, under the same id, and gives up after ten tries', async () => {
    await start();
    world.answer(() => ({ status: 500 }));
    await world.add(event('o1'), world.url());
    await ended(1);
    const waits = [5 * second, 5 * minute, 30 * minute, 2, 5, 10, 14, 20, 24];
    for (const [place, wait] of waits.entries()) {
      await quiet((wait < 100 ? wait * hour : wait) - 1);
      await time.jump(1);
      await ended(place + 2);
    }
    assert.deepEqual([world.receiver.calls.length, new Set(ids()).size], [10, 1]);
    const stamps = world.receiver.calls.map(({ headers }) => headers['webhook-timestamp']);
    assert.equal(new Set(stamps).size, 10, 'each try has a time of its own');
    assert.deepEqual(await left(), []);
    assert.deepEqual(world.sender.counts, { delivered: 0, retried: 9, givenUp: 1, dropped: 0 });
    const { level, fields, message } = world.lines.at(-1) ?? {};
    assert.deepEqual([level, message], ['warn', 'A web hook is given up']);
    const { hook, target, try: tries, code } = fields ?? {};
    assert.deepEqual([hook, target, tries, code], [ids()[0], world.receiver.origin, 10, 'http_500']);
  });

  for (const [random, wait] of [
    [0, 4 * second],
    [0.999999, 6 * second],
  ] as const) {
    it(`spreads what failed together: with ${random} it waits ${wait} ms`, async () => {
      await start({ random: () => random });
      world.receiver.strike({ status: 400 });
      await world.add(event('o1'), world.url());
      await ended(1);
      await quiet(wait - 1);
      await time.jump(1);
      await ended(2);
      assert.equal(world.sender.counts.delivered, 1);
    });
  }

  for (const silence of ['drop', 'half', 'hang'] as const) {
    it(`tries again where the receiver does not answer: ${silence}`, async () => {
      await start();
      world.receiver.strike(silence);
      await world.add(event('o1'), world.url());
      await time.jump(0);
      await world.receiver.called(1);
      if (silence === 'hang') await time.jump(15 * second);
      await ended(1);
      await quiet(5 * second - 1);
      await time.jump(1);
      await ended(2);
      assert.equal(ids()[0], ids()[1]);
      assert.deepEqual(world.sender.counts, { delivered: 1, retried: 1, givenUp: 0, dropped: 0 });
    });
  }

  for (const status of [429, 502, 503, 504]) {
    it(`waits as long as ${status} asks for, with everything for that address`, async () => {
      await start();
      world.receiver.strike({ status, headers: { 'retry-after': '120' } });
      await world.add(event('o1'), world.url());
      await ended(1);
      await world.add(event('o2'), world.url(), world.url('/other'));
      await ended(2);
      assert.deepEqual(
        world.receiver.calls.map(({ path }) => path.split('?')[0]),
        ['/in-the-path', '/other'],
      );
      await quiet(120 * second - 1);
      await time.jump(1);
      await ended(4);
      assert.equal(world.sender.counts.delivered, 3);
      assert.deepEqual(await left(), []);
    });
  }

  it('sends nothing more to an address that is gone, until the next start', async () => {
    await start();
    world.receiver.strike({ status: 410 });
    await world.add(event('o1'), world.url());
    await ended(1);
    await world.add(event('o2'), world.url(), world.url('/other'));
    await ended(3);
    assert.deepEqual([bodies()[1].data.message, world.receiver.calls[1]?.path.slice(0, 6)], ['o2', '/other']);
    assert.deepEqual(await left(), []);
    assert.deepEqual(world.sender.counts, { delivered: 1, retried: 0, givenUp: 2, dropped: 0 });
    assert.deepEqual(
      world.lines.map(({ level, fields }) => [level, fields.code, fields.target]),
      [['warn', 'http_410', world.receiver.origin]],
    );
    await world.sender.stop();
    const next = world.another();
    next.start();
    await world.store.addHooks(event('o3'), [world.url()]);
    next.wake();
    await ended(4);
    assert.equal(next.counts.delivered, 1);
  });

  it('gives up what the allow-list does not have any more, without a call', async () => {
    await start();
    await world.add(event('o1'), 'https://gone.example/in-the-path', world.url());
    await ended(2);
    assert.deepEqual(await left(), []);
    assert.deepEqual(world.sender.counts, { delivered: 1, retried: 0, givenUp: 1, dropped: 0 });
    assert.deepEqual(world.lines[0]?.fields.code, 'not_allowed');
    assert.equal(world.lines[0]?.fields.target, 'https://gone.example');
  });

  it('leaves an address that is gone out of those that are told, so that nothing more is kept for it', async () => {
    await start();
    const told = world.sender.listening([world.url(), world.url('/other')]);
    assert.deepEqual(told, [world.url(), world.url('/other')]);
    world.answer(({ path }) => ({ status: path.startsWith('/other') ? 500 : 410 }));
    await world.add(event('o1'), ...told);
    await ended(2);
    assert.deepEqual(told, [world.url('/other')]);
  });

  it('gives up what waited for longer than its tries take, without a call, and warns once', async () => {
    await start();
    const days = 24 * hour;
    const old = event('o1', { at: time.now() - 4 * days - 1 });
    await world.add(old, world.url(), world.url(), world.url('/other'));
    await world.add(event('o2', { at: time.now() - 4 * days }), world.url());
    await ended(4);
    assert.deepEqual(
      bodies().map(({ data }) => data.message),
      ['o2'],
    );
    assert.deepEqual(await left(), []);
    assert.deepEqual(world.sender.counts, { delivered: 1, retried: 0, givenUp: 3, dropped: 0 });
    assert.deepEqual(
      world.lines.map(({ level, message, fields }) => [level, message, fields.target]),
      [1, 2].map(() => ['warn', 'Web hooks have become too old: they are given up', world.receiver.origin]),
    );
  });

  it('begins with what an earlier process left, when its lease is over', async () => {
    await start();
    await world.sender.stop();
    await world.store.addHooks(event('o1'), [world.url()]);
    const { hooks } = await world.store.claimHooks(time.now(), 1, 30 * second);
    const next = world.another();
    next.start();
    await quiet(30 * second - 1);
    await time.jump(1);
    await ended(1);
    assert.deepEqual(ids(), [hooks[0]?.id]);
  });

  it('shares the work with another worker at the same store: each goes out once', async () => {
    await start();
    const other = world.another();
    other.start();
    for (let n = 0; n < 40; n += 1) await world.store.addHooks(event(`o${n}`), [world.url(`/${n % 4}`)]);
    world.sender.wake();
    other.wake();
    await ended(40);
    assert.equal(new Set(ids()).size, 40);
    assert.equal(world.sender.counts.delivered + other.counts.delivered, 40);
  });
});
