import assert from 'node:assert/strict';
import { failures, metaLike, scriptedChannel } from '../../support/scriptedChannel.ts';
import { anna, gateWorld } from './gateWorld.ts';

const threeHours = 3 * 3_600_000;

describe('the gate of calls, when the clock is set back by hours', () => {
  const world = gateWorld();
  const { ask, failure, times } = world;
  const setBack = () => world.time.set(world.time.now() - threeHours);

  const waits = [
    { what: 'the breaker', fails: failures.overloaded, faults: 5, code: 'breaker_open', ms: 10_000 },
    {
      what: 'a customer’s pause',
      fails: failures.tooManyToOne,
      faults: 1,
      code: 'recipient_paused',
      ms: 1000,
    },
    {
      what: 'a pause of the number',
      fails: failures.badToken,
      faults: 1,
      code: 'channel_paused',
      ms: 60_000,
    },
    {
      what: 'a pause that was asked for',
      fails: failures.slowDown(3000),
      faults: 1,
      code: 'rate_paused',
      ms: 3000,
    },
  ] as const;
  for (const { what, fails, faults, code, ms } of waits)
    it(`lets ${what} last as long as ever`, async () => {
      await times(faults, { fails });
      await world.time.pass(ms - 200);
      setBack();
      const refused = await failure(anna);
      assert.deepEqual([refused.providerCode, refused.retryAfterMs], [code, 200]);
      await world.time.pass(199);
      assert.equal(await ask('too early'), code);
      await world.time.pass(1);
      assert.equal(await ask('after'), 'ok');
    });

  it('lets the breaker open anew, and close', async () => {
    await times(5, { fails: failures.overloaded });
    setBack();
    await world.time.pass(10_000);
    const all = [ask('try', { fails: failures.timeout, afterMs: 100 }), ask('behind it')];
    await world.time.pass(100);
    assert.deepEqual(await Promise.all(all), ['timeout', 'breaker_open']);
    setBack();
    await world.time.pass(10_000);
    assert.equal(await ask('again'), 'ok');
    assert.equal(await ask('and again'), 'ok');
  });

  describe('and the provider is not connected to WhatsApp', () => {
    const slow = scriptedChannel({ ...metaLike, callsPerSecond: 10 }, () => 0);
    const report = (up: boolean, at: number) =>
      world.gate.heed(slow, { business: 'b1', up, because: up ? 'WORKING' : 'STOPPED', at });

    it('believes it when it is again, whether its own clock was set back as well or not', async () => {
      for (const offset of [threeHours, 0]) {
        report(false, world.time.now());
        await world.time.pass(60_000);
        setBack();
        assert.equal((await failure(anna, slow)).retryAfterMs, 30_000);
        report(true, world.time.now() + offset - 50);
        assert.equal(await ask('after', { over: slow }), 'ok');
      }
    });

    it('goes on telling what is old to come again in turn', async () => {
      report(false, world.time.now());
      await world.time.pass(120_000);
      const waitMs = async () =>
        (await failure({ ...anna, owedSince: world.time.now() - 60_001 }, slow)).retryAfterMs;
      for (let call = 0; call < 400; call += 1) await waitMs();
      setBack();
      await world.time.pass(1000);
      assert.deepEqual([await waitMs(), await waitMs()], [39_000, 39_100]);
    });
  });
});
