import assert from 'node:assert/strict';
import type { priorities } from '../../../middleware/receipts/callGate.ts';
import { wasMade } from '../../../middleware/receipts/notMade.ts';
import { failures, metaLike, scriptedChannel } from '../../support/scriptedChannel.ts';
import { anna, annaElsewhere, ben, channel, gateWorld, never } from './gateWorld.ts';

describe('the gate of calls', () => {
  const world = gateWorld();
  const { ask, failure } = world;

  it('answers what the call answered, and rejects with what it rejected with', async () => {
    assert.equal(await ask('one'), 'ok');
    assert.equal(await ask('two', { fails: failures.refused }), '131009');
    const strange = world.gate.run(channel, anna, 'send', never, async () => {
      throw new TypeError('a bug of ours');
    });
    await assert.rejects(strange, TypeError);
  });

  it('makes replies before receipts, and receipts before typing', async () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 1 }, () => 0);
    const all = [
      ask('first', { over: slow, priority: 'typing' }),
      ask('typing', { over: slow, priority: 'typing' }),
      ask('receipt', { over: slow, priority: 'receipt' }),
      ask('another receipt', { over: slow, priority: 'receipt', to: ben }),
      ask('reply', { over: slow, priority: 'send' }),
    ];
    await world.time.pass(10_000);
    await Promise.all(all);
    assert.deepEqual(world.made, ['first', 'reply', 'receipt', 'another receipt', 'typing']);
  });

  it('keeps to the calls a second that the provider takes, for each number by itself', async () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 2 }, () => 0);
    const all = ['a', 'b', 'c', 'd', 'e'].map(name => ask(name, { over: slow }));
    all.push(ask('elsewhere', { over: slow, to: annaElsewhere }));
    await world.time.settle();
    assert.deepEqual(world.made, ['a', 'b', 'elsewhere']);
    await world.time.pass(1000);
    assert.deepEqual(world.made.slice(3), ['c', 'd']);
    await world.time.pass(1000);
    assert.deepEqual(world.made.slice(5), ['e']);
    await Promise.all(all);
  });

  it('has fifty calls to a number under way at once, no more', async () => {
    const wide = scriptedChannel({ ...metaLike, callsPerSecond: 1000 }, () => 0);
    const all = Array.from({ length: 60 }, (_, index) =>
      ask(`${index}`, { over: wide, priority: 'send', afterMs: 500 }),
    );
    await world.time.settle();
    assert.equal(world.made.length, 50);
    await world.time.pass(500);
    assert.equal(world.made.length, 60);
    await world.time.pass(500);
    await Promise.all(all);
  });

  it('has room for replies, however many receipts and typing calls hang', async () => {
    const wide = scriptedChannel({ ...metaLike, callsPerSecond: 1000 }, () => 0);
    const all = Array.from({ length: 100 }, (_, index) =>
      ask(`${index}`, { over: wide, priority: index % 2 === 0 ? 'receipt' : 'typing', afterMs: 5000 }),
    );
    await world.time.settle();
    assert.equal(world.made.length, 40);
    assert.equal(await ask('reply', { over: wide, priority: 'send' }), 'ok');
    await world.time.pass(15_000);
    await Promise.all(all);
    assert.equal(world.made.length, 101);
  });

  describe('when much is owed', () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 10 }, () => 0);
    const old = () => ({ ...anna, owedSince: world.time.now() - 60_001 });
    /** How long what was turned away is to wait. */
    const turnedAway = async (to: typeof anna, priority: keyof typeof priorities = 'receipt') => {
      const error = await failure(to, slow, priority);
      assert.ok(!wasMade(error) && error.retryable);
      return [error.providerCode, error.retryAfterMs];
    };

    it('lets ten seconds’ worth wait, and has what is old come again in turn; the rest waits too', async () => {
      const all = Array.from({ length: 110 }, (_, index) => ask(`${index}`, { over: slow, to: ben }));
      assert.deepEqual(
        [await turnedAway(old()), await turnedAway(old())],
        [
          ['busy', 10_000],
          ['busy', 10_000],
        ],
      );
      // Replies wait by themselves, and so do other numbers.
      all.push(ask('reply', { over: slow, to: old(), priority: 'send' }));
      all.push(ask('elsewhere', { over: slow, to: { ...old(), business: 'b2' } }));
      all.push(ask('last', { over: slow, to: ben }));
      await world.time.pass(12_000);
      assert.deepEqual(new Set(await Promise.all(all)), new Set(['ok']));
      assert.equal(world.made.length, 113);
      assert.equal(await ask('old', { over: slow, to: old() }), 'ok');
    });

    it('has what is old come again while no call may be made, no faster than calls go', async () => {
      world.gate.heed(slow, { business: 'b1', up: false, because: 'STOPPED', at: world.time.now() });
      await world.time.pass(120_000);
      const waits: number[] = [];
      for (let call = 0; call < 1000; call += 1) {
        const [code, waitMs] = await turnedAway(old());
        assert.equal(code, 'disconnected');
        waits.push(Number(waitMs));
      }
      assert.deepEqual([waits[0], waits[300], waits[400], waits[999]], [30_000, 30_000, 40_000, 99_900]);
      // What is new does not stand behind it.
      assert.deepEqual(await turnedAway(anna), ['disconnected', 30_000]);
      assert.deepEqual(await turnedAway(old(), 'send'), ['disconnected', 30_000]);
      world.gate.heed(slow, { business: 'b1', up: true, because: 'WORKING', at: world.time.now() });
      assert.equal(await ask('old', { over: slow, to: old() }), 'ok');
    });
  });

  it('makes no call whose caller gave up while it waited', async () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 1 }, () => 0);
    const abort = new AbortController();
    const all = [ask('first', { over: slow }), ask('given up', { over: slow, signal: abort.signal })];
    abort.abort();
    await world.time.pass(2000);
    assert.deepEqual(await Promise.all(all), ['ok', 'given_up']);
    assert.deepEqual(world.made, ['first']);
  });

  it('tells calls that were made from those that were not', () => {
    for (const fail of [failures.overloaded, failures.badToken, failures.tooManyToOne, failures.timeout]) {
      assert.equal(wasMade(fail()), true);
    }
  });
});
