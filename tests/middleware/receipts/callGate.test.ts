import assert from 'node:assert/strict';
import { ProviderError } from '../../../middleware/errors.ts';
import {
  CallGate,
  type CallTarget,
  type priorities,
  wasMade,
} from '../../../middleware/receipts/callGate.ts';
import { systemClock } from '../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import { failures, metaLike, scriptedChannel } from '../../support/scriptedChannel.ts';

const anna = { business: 'b1', conversation: 'c_anna' };
const ben = { business: 'b1', conversation: 'c_ben' };
const annaElsewhere = { business: 'b2', conversation: 'c_anna2' };
const channel = scriptedChannel(metaLike, () => 0);
const never = new AbortController().signal;

describe('the gate of calls', () => {
  let time: FakeTime;
  let log: ReturnType<typeof quietLog>;
  let gate: CallGate;
  /** The calls that were really made, in their order. */
  let made: string[];
  beforeEach(() => {
    time = fakeTime();
    log = quietLog();
    gate = new CallGate(systemClock, log);
    made = [];
  });
  afterEach(async () => {
    await time.pass(60_000);
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });

  interface Wish {
    readonly to?: CallTarget;
    readonly priority?: keyof typeof priorities;
    readonly fails?: () => ProviderError;
    readonly over?: typeof channel;
    readonly signal?: AbortSignal;
    readonly afterMs?: number;
  }
  /** Asks for a call; answers `ok`, or the code of what it rejected with. */
  const ask = async (name: string, wish: Wish = {}): Promise<string> => {
    const { to = anna, priority = 'receipt', fails, over = channel, signal = never, afterMs = 0 } = wish;
    try {
      return await gate.run(over, to, priority, signal, async () => {
        made.push(name);
        if (afterMs > 0) await new Promise(resolve => setTimeout(resolve, afterMs));
        if (fails !== undefined) throw fails();
        return 'ok';
      });
    } catch (error) {
      return error instanceof ProviderError ? error.providerCode : String(error);
    }
  };
  /** The error itself. */
  const failure = async (to: typeof anna): Promise<ProviderError> => {
    const error: unknown = await gate
      .run(channel, to, 'receipt', never, async () => {})
      .catch(caught => caught);
    assert.ok(error instanceof ProviderError);
    return error;
  };
  const times = async (count: number, wish: Wish) => {
    for (let call = 0; call < count; call += 1) await ask(`fault ${call}`, wish);
  };

  it('answers what the call answered, and rejects with what it rejected with', async () => {
    assert.equal(await ask('one'), 'ok');
    assert.equal(await ask('two', { fails: failures.refused }), '131009');
    const strange = gate.run(channel, anna, 'send', never, async () => {
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
    await time.pass(10_000);
    await Promise.all(all);
    assert.deepEqual(made, ['first', 'reply', 'receipt', 'another receipt', 'typing']);
  });

  it('keeps to the calls a second that the provider takes, for each number by itself', async () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 2 }, () => 0);
    const all = ['a', 'b', 'c', 'd', 'e'].map(name => ask(name, { over: slow }));
    all.push(ask('elsewhere', { over: slow, to: annaElsewhere }));
    await time.settle();
    assert.deepEqual(made, ['a', 'b', 'elsewhere']);
    await time.pass(1000);
    assert.deepEqual(made.slice(3), ['c', 'd']);
    await time.pass(1000);
    assert.deepEqual(made.slice(5), ['e']);
    await Promise.all(all);
  });

  it('has fifty calls to a number under way at once, no more', async () => {
    const wide = scriptedChannel({ ...metaLike, callsPerSecond: 1000 }, () => 0);
    const all = Array.from({ length: 60 }, (_, index) =>
      ask(`${index}`, { over: wide, priority: 'send', afterMs: 500 }),
    );
    await time.settle();
    assert.equal(made.length, 50);
    await time.pass(500);
    assert.equal(made.length, 60);
    await time.pass(500);
    await Promise.all(all);
  });

  it('has room for replies, however many receipts and typing calls hang', async () => {
    const wide = scriptedChannel({ ...metaLike, callsPerSecond: 1000 }, () => 0);
    const all = Array.from({ length: 100 }, (_, index) =>
      ask(`${index}`, { over: wide, priority: index % 2 === 0 ? 'receipt' : 'typing', afterMs: 5000 }),
    );
    await time.settle();
    assert.equal(made.length, 40);
    assert.equal(await ask('reply', { over: wide, priority: 'send' }), 'ok');
    await time.pass(15_000);
    await Promise.all(all);
    assert.equal(made.length, 101);
  });

  describe('when much is owed', () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 10 }, () => 0);
    const old = () => ({ ...anna, owedSince: time.now() - 60_001 });
    /** How long what was turned away is to wait. */
    const turnedAway = async (to: typeof anna, priority: keyof typeof priorities = 'receipt') => {
      const error: unknown = await gate
        .run(slow, to, priority, never, async () => {})
        .catch(caught => caught);
      assert.ok(error instanceof ProviderError && !wasMade(error) && error.retryable);
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
      await time.pass(12_000);
      assert.deepEqual(new Set(await Promise.all(all)), new Set(['ok']));
      assert.equal(made.length, 113);
      assert.equal(await ask('old', { over: slow, to: old() }), 'ok');
    });

    it('has what is old come again while no call may be made, no faster than calls go', async () => {
      gate.heed(slow, { business: 'b1', up: false, because: 'STOPPED', at: time.now() });
      await time.pass(120_000);
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
      gate.heed(slow, { business: 'b1', up: true, because: 'WORKING', at: time.now() });
      assert.equal(await ask('old', { over: slow, to: old() }), 'ok');
    });
  });

  it('makes no call whose caller gave up while it waited', async () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 1 }, () => 0);
    const abort = new AbortController();
    const all = [ask('first', { over: slow }), ask('given up', { over: slow, signal: abort.signal })];
    abort.abort();
    await time.pass(2000);
    assert.deepEqual(await Promise.all(all), ['ok', 'given_up']);
    assert.deepEqual(made, ['first']);
  });

  describe('when the provider as a whole fails', () => {
    it('stops calls after five faults in a row, and says when to come again', async () => {
      await times(5, { fails: failures.overloaded });
      const refused = await failure(ben);
      assert.deepEqual(
        [refused.providerCode, refused.fault, refused.retryAfterMs, refused.retryable, wasMade(refused)],
        ['breaker_open', 'transient', 10_000, true, false],
      );
      assert.equal(made.length, 5);
      assert.deepEqual(log.lines, [
        {
          level: 'warn',
          fields: { channel: 'meta', calls: 'receipts' },
          message: 'The provider fails; calls wait',
        },
      ]);
    });

    it('goes on with replies while receipts and typing fail, and the other way round', async () => {
      await times(5, { fails: failures.overloaded });
      assert.equal(await ask('typing', { priority: 'typing' }), 'breaker_open');
      await times(5, { priority: 'send', fails: failures.refused });
      assert.equal(await ask('reply', { priority: 'send' }), 'ok');
      await times(5, { priority: 'send', to: annaElsewhere, fails: failures.overloaded });
      assert.equal(await ask('reply', { priority: 'send', to: annaElsewhere }), 'breaker_open');
      assert.equal(await ask('receipt', { to: annaElsewhere }), 'ok');
    });

    it('does not stop where a call in between goes well', async () => {
      await times(4, { fails: failures.overloaded });
      await ask('well');
      await times(4, { fails: failures.timeout });
      assert.equal(await ask('after'), 'ok');
    });

    it('leaves other numbers alone', async () => {
      await times(5, { fails: failures.overloaded });
      assert.equal(await ask('elsewhere', { to: annaElsewhere }), 'ok');
    });

    it('does not count what is one customer’s, one message’s or our own fault', async () => {
      await times(10, { fails: failures.refused });
      await times(10, { fails: failures.windowClosed });
      for (let customer = 0; customer < 10; customer += 1) {
        await ask('one customer', {
          to: { ...anna, conversation: `c_${customer}` },
          fails: failures.tooManyToOne,
        });
      }
      assert.equal(await ask('after'), 'ok');
    });

    it('lets one call try after ten seconds, and all when it goes well', async () => {
      await times(5, { fails: failures.overloaded });
      await time.pass(9999);
      assert.equal(await ask('too early'), 'breaker_open');
      await time.pass(1);
      const all = ['try', 'a', 'b'].map(name => ask(name, { afterMs: 100 }));
      await time.settle();
      assert.deepEqual(made.slice(5), ['try']);
      await time.pass(1000);
      assert.deepEqual(await Promise.all(all), ['ok', 'ok', 'ok']);
      assert.deepEqual(made.slice(5), ['try', 'a', 'b']);
      assert.deepEqual(
        log.lines.map(({ message }) => message),
        ['The provider fails; calls wait', 'The provider answers again'],
      );
    });

    it('stops for another ten seconds when the try fails', async () => {
      await times(5, { fails: failures.overloaded });
      await time.pass(10_000);
      assert.equal(await ask('try', { fails: failures.timeout }), 'timeout');
      assert.equal(await ask('after'), 'breaker_open');
      await time.pass(10_000);
      assert.equal(await ask('again'), 'ok');
    });
  });

  describe('when one customer gets too many', () => {
    it('pauses that conversation only, for a second', async () => {
      assert.equal(await ask('too many', { fails: failures.tooManyToOne }), '131056');
      const refused = await failure(anna);
      assert.deepEqual(
        [refused.providerCode, refused.fault, refused.retryAfterMs, wasMade(refused)],
        ['recipient_paused', 'recipient', 1000, false],
      );
      assert.equal(await ask('ben', { to: ben }), 'ok');
      assert.deepEqual(made, ['too many', 'ben']);
      await time.pass(999);
      assert.equal(await ask('too early'), 'recipient_paused');
      await time.pass(1);
      assert.equal(await ask('anna'), 'ok');
    });

    it('waits as long as the provider asks', async () => {
      const fails = () =>
        new ProviderError('no', { fault: 'recipient', providerCode: '131056', retryAfterMs: 5000 });
      await ask('too many', { fails });
      await time.pass(4999);
      assert.equal(await ask('too early'), 'recipient_paused');
      await time.pass(1);
      assert.equal(await ask('anna'), 'ok');
    });

    it('is not paused for longer by calls that were not made', async () => {
      await ask('too many', { fails: failures.tooManyToOne });
      await time.pass(500);
      await ask('not made');
      await time.pass(500);
      assert.equal(await ask('anna'), 'ok');
    });
  });

  describe('when our credentials are refused', () => {
    it('pauses the number for a minute, and raises one alarm', async () => {
      assert.equal(await ask('refused', { fails: failures.badToken }), '190');
      const refused = await failure(ben);
      assert.deepEqual(
        [refused.providerCode, refused.fault, refused.retryAfterMs, refused.retryable, wasMade(refused)],
        ['channel_paused', 'auth', 60_000, true, false],
      );
      assert.equal(await ask('elsewhere', { to: annaElsewhere }), 'ok');
      await time.pass(59_999);
      assert.equal(await ask('too early'), 'channel_paused');
      await time.pass(1);
      assert.equal(await ask('after'), 'ok');
      assert.deepEqual(
        log.lines.map(({ level, fields }) => [level, fields]),
        [['error', { code: '190' }]],
      );
    });

    it('stops what waits in the queue, too', async () => {
      const slow = scriptedChannel({ ...metaLike, callsPerSecond: 1 }, () => 0);
      const all = [
        ask('first', { over: slow, fails: failures.badToken }),
        ask('second', { over: slow, to: ben }),
      ];
      await time.pass(2000);
      assert.deepEqual(await Promise.all(all), ['190', 'channel_paused']);
      assert.deepEqual(made, ['first']);
    });
  });

  describe('when the provider asks us to slow down', () => {
    it('stops receipts for as long as it asks, and lets replies go on', async () => {
      assert.equal(await ask('too fast', { fails: failures.slowDown(3000) }), '130429');
      const refused = await failure(ben);
      assert.deepEqual(
        [refused.providerCode, refused.fault, refused.retryAfterMs, refused.retryable, wasMade(refused)],
        ['rate_paused', 'rate', 3000, true, false],
      );
      assert.equal(await ask('reply', { priority: 'send' }), 'ok');
      assert.equal(await ask('elsewhere', { to: annaElsewhere }), 'ok');
      await time.pass(2999);
      assert.equal(await ask('too early', { priority: 'typing' }), 'rate_paused');
      await time.pass(1);
      assert.equal(await ask('after'), 'ok');
    });

    it('stops receipts too where it was a reply that was too fast', async () => {
      await ask('too fast', { priority: 'send', fails: failures.slowDown(3000) });
      assert.equal(await ask('reply', { priority: 'send' }), 'rate_paused');
      assert.equal(await ask('receipt'), 'rate_paused');
      await time.pass(3000);
      assert.deepEqual([await ask('reply', { priority: 'send' }), await ask('receipt')], ['ok', 'ok']);
    });
  });

  it('tells calls that were made from those that were not', () => {
    for (const fail of [failures.overloaded, failures.badToken, failures.tooManyToOne, failures.timeout]) {
      assert.equal(wasMade(fail()), true);
    }
  });
});
