import assert from 'node:assert/strict';
import { ProviderError } from '../../../middleware/errors.ts';
import { wasMade } from '../../../middleware/receipts/notMade.ts';
import { failures, metaLike, scriptedChannel } from '../../support/scriptedChannel.ts';
import { anna, annaElsewhere, ben, gateWorld } from './gateWorld.ts';

describe('the gate of calls', () => {
  const world = gateWorld();
  const { ask, failure, times } = world;

  describe('when the provider as a whole fails', () => {
    it('stops calls after five faults in a row, and says when to come again', async () => {
      await times(5, { fails: failures.overloaded });
      const refused = await failure(ben);
      assert.deepEqual(
        [refused.providerCode, refused.fault, refused.retryAfterMs, refused.retryable, wasMade(refused)],
        ['breaker_open', 'transient', 10_000, true, false],
      );
      assert.equal(world.made.length, 5);
      assert.deepEqual(world.log.lines, [
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
      await world.time.pass(9999);
      assert.equal(await ask('too early'), 'breaker_open');
      await world.time.pass(1);
      const all = ['try', 'a', 'b'].map(name => ask(name, { afterMs: 100 }));
      await world.time.settle();
      assert.deepEqual(world.made.slice(5), ['try']);
      await world.time.pass(1000);
      assert.deepEqual(await Promise.all(all), ['ok', 'ok', 'ok']);
      assert.deepEqual(world.made.slice(5), ['try', 'a', 'b']);
      assert.deepEqual(
        world.log.lines.map(({ message }) => message),
        ['The provider fails; calls wait', 'The provider answers again'],
      );
    });

    it('stops for another ten seconds when the try fails', async () => {
      await times(5, { fails: failures.overloaded });
      await world.time.pass(10_000);
      assert.equal(await ask('try', { fails: failures.timeout }), 'timeout');
      assert.equal(await ask('after'), 'breaker_open');
      await world.time.pass(10_000);
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
      assert.deepEqual(world.made, ['too many', 'ben']);
      await world.time.pass(999);
      assert.equal(await ask('too early'), 'recipient_paused');
      await world.time.pass(1);
      assert.equal(await ask('anna'), 'ok');
    });

    it('waits as long as the provider asks', async () => {
      const fails = () =>
        new ProviderError('no', { fault: 'recipient', providerCode: '131056', retryAfterMs: 5000 });
      await ask('too many', { fails });
      await world.time.pass(4999);
      assert.equal(await ask('too early'), 'recipient_paused');
      await world.time.pass(1);
      assert.equal(await ask('anna'), 'ok');
    });

    it('is not paused for longer by calls that were not made', async () => {
      await ask('too many', { fails: failures.tooManyToOne });
      await world.time.pass(500);
      await ask('not made');
      await world.time.pass(500);
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
      await world.time.pass(59_999);
      assert.equal(await ask('too early'), 'channel_paused');
      await world.time.pass(1);
      assert.equal(await ask('after'), 'ok');
      assert.deepEqual(
        world.log.lines.map(({ level, fields }) => [level, fields]),
        [['error', { channel: 'meta', conversation: 'c_anna', code: '190' }]],
      );
    });

    it('stops what waits in the queue, too', async () => {
      const slow = scriptedChannel({ ...metaLike, callsPerSecond: 1 }, () => 0);
      const all = [
        ask('first', { over: slow, fails: failures.badToken }),
        ask('second', { over: slow, to: ben }),
      ];
      await world.time.pass(2000);
      assert.deepEqual(await Promise.all(all), ['190', 'channel_paused']);
      assert.deepEqual(world.made, ['first']);
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
      await world.time.pass(2999);
      assert.equal(await ask('too early', { priority: 'typing' }), 'rate_paused');
      await world.time.pass(1);
      assert.equal(await ask('after'), 'ok');
    });

    it('stops receipts too where it was a reply that was too fast', async () => {
      await ask('too fast', { priority: 'send', fails: failures.slowDown(3000) });
      assert.equal(await ask('reply', { priority: 'send' }), 'rate_paused');
      assert.equal(await ask('receipt'), 'rate_paused');
      await world.time.pass(3000);
      assert.deepEqual([await ask('reply', { priority: 'send' }), await ask('receipt')], ['ok', 'ok']);
    });
  });
});
