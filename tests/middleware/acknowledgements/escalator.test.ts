import assert from 'node:assert/strict';
import { type EscalationWorld, escalationWorld, minutes, ruleOf } from '../../support/escalationWorld.ts';
import { failures } from '../../support/scriptedChannel.ts';

const sms = { type: 'sms' } as const;
const voice = { type: 'voice' } as const;

describe('the escalator', () => {
  let world: EscalationWorld;
  afterEach(() => world.close());

  const escalationOf = (ref: string) => world.escalationOf(ref);
  const triesOf = (ref: string) => world.triesOf(ref);

  describe('when a message does not arrive', () => {
    beforeEach(async () => {
      world = await escalationWorld();
    });

    it('calls once, at its time, with the message’s text and the customer’s number', async () => {
      const ref = await world.send(ruleOf({ ...voice, language: 'de-DE' }));
      await world.time.pass(5 * minutes - 1);
      assert.deepEqual(
        world.calls.map(({ at }) => at),
        [],
      );
      await world.time.pass(1 + 60 * minutes);
      const [call] = world.calls;
      assert.ok(call !== undefined && world.calls.length === 1);
      const escalation = await escalationOf(ref);
      const { key, createdAt, conversation, ...rest } = call;
      assert.deepEqual(rest, {
        type: 'voice',
        at: 5 * minutes,
        channel: 'meta',
        message: ref,
        to: '4915550001111',
        text: 'number 1',
        language: 'de-DE',
        interrupted: false,
      });
      assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(createdAt, escalation?.dueAt);
      assert.deepEqual([escalation?.state, await triesOf(ref)], ['escalated', ['voice ok']]);
      assert.deepEqual(world.events, [
        {
          type: 'message.escalated',
          at: createdAt,
          channel: 'meta',
          business: 'b1',
          message: ref,
          conversation,
          state: 'escalated',
          way: 'voice',
          possiblyDoubled: false,
        },
      ]);
    });

    it('is held back by a tick at 4:59.9, and by none at 5:00.1', async () => {
      const [inTime, tooLate] = [await world.send(ruleOf(sms)), await world.send(ruleOf(sms))];
      await world.time.pass(5 * minutes - 100);
      await world.tick(inTime, 'delivered');
      await world.time.pass(200);
      await world.tick(tooLate, 'delivered');
      await world.time.pass(60 * minutes);
      assert.deepEqual(
        world.calls.map(({ message, at }) => [message, at]),
        [[tooLate, 5 * minutes]],
      );
      assert.deepEqual(
        world.events.map(({ message, state }) => [message, state]).sort(),
        [
          [inTime, 'cancelled'],
          [tooLate, 'escalated'],
        ].sort(),
      );
      assert.equal((await escalationOf(tooLate))?.state, 'escalated');
    });

    it('carries out what one conversation has, one after the other', async () => {
      world.answer = () => ({ afterMs: 2000 });
      const refs = [
        await world.send(ruleOf(sms)),
        await world.send(ruleOf(sms)),
        await world.send(ruleOf(sms)),
      ];
      await world.time.pass(6 * minutes);
      assert.deepEqual(
        world.calls.map(({ message, at }) => [message, at - 5 * minutes]),
        refs.map((ref, index) => [ref, index * 2000]),
      );
    });
  });

  describe('where the provider can be asked', () => {
    beforeEach(async () => {
      world = await escalationWorld();
    });

    it('does nothing if it says that the message has arrived', async () => {
      const asked: string[] = [];
      const ref = await world.send(ruleOf(sms));
      Object.assign(world.channel, {
        fetchStatus: async ({ providerId, customer }: { providerId: string; customer: string }) => {
          asked.push(`${providerId} to ${customer}`);
          return [world.statusOf(ref, 'delivered')];
        },
      });
      await world.time.pass(6 * minutes);
      assert.deepEqual(asked, [`out-${ref} to 4915550001111`]);
      assert.deepEqual(world.calls, []);
      assert.deepEqual(
        world.events.map(({ state }) => state),
        ['cancelled'],
      );
      assert.equal((await world.store.ledgerEntry({ ref }))?.state.at.delivered, Date.now() - minutes);
    });

    for (const [how, fetchStatus, at] of [
      ['cannot answer', () => Promise.reject(failures.overloaded()), 5 * minutes],
      ['says nothing new', async () => [], 5 * minutes],
      ['does not answer within three seconds', () => new Promise(() => {}), 5 * minutes + 3000],
    ] as const) {
      it(`goes on if it ${how}`, async () => {
        Object.assign(world.channel, { fetchStatus });
        await world.send(ruleOf(sms));
        await world.time.pass(6 * minutes);
        assert.deepEqual(
          world.calls.map(call => call.at),
          [at],
        );
      });
    }
  });

  describe('in trouble', () => {
    beforeEach(async () => {
      world = await escalationWorld();
    });

    for (const sleptMs of [26_000, 40_000]) {
      it(`whose machine slept ${sleptMs} ms makes no further call under a claim that may be another’s, and comes back to it`, async () => {
        world.answer = ({ type }, times) => (type === 'sms' && times === 1 ? { afterMs: 'hang' } : {});
        const ref = await world.send(ruleOf(sms, voice));
        await world.time.pass(5 * minutes);
        await world.time.jump(sleptMs);
        await world.time.pass(minutes);
        assert.deepEqual(
          world.calls.map(({ type, interrupted }) => [type, interrupted]),
          [
            ['sms', false],
            ['sms', true],
          ],
        );
        assert.equal(new Set(world.calls.map(({ key, createdAt }) => `${key} ${createdAt}`)).size, 1);
        const escalation = await escalationOf(ref);
        assert.deepEqual([escalation?.state, escalation?.possiblyDoubled], ['escalated', true]);
      });
    }

    it('from whom another process has taken over between two calls makes no second one, and records nothing', async () => {
      world.answer = () => {
        world.lost = true;
        return { error: failures.overloaded };
      };
      const ref = await world.send(ruleOf(sms, voice));
      await world.time.pass(5 * minutes + 2000);
      assert.deepEqual(
        [world.calls.map(({ type }) => type), await triesOf(ref), world.log.lines],
        [['sms'], [], []],
      );
      // Whoever has taken over comes to it by the claim's end at the latest.
      world.lost = false;
      world.answer = () => ({});
      await world.time.pass(minutes);
      const escalation = await escalationOf(ref);
      assert.deepEqual([escalation?.state, escalation?.possiblyDoubled], ['escalated', true]);
    });

    it('that slept between two calls makes the second under a claim of its own', async () => {
      world.answer = (_call, times) => (times === 1 ? { error: failures.overloaded } : {});
      const ref = await world.send(ruleOf(sms));
      await world.time.pass(5 * minutes + 500);
      await world.time.jump(40_000);
      await world.time.pass(minutes);
      assert.deepEqual(
        world.calls.map(({ interrupted }) => interrupted),
        [false, true],
      );
      assert.deepEqual(await triesOf(ref), ['sms ok']);
      assert.deepEqual(
        world.events.map(({ state, possiblyDoubled }) => [state, possiblyDoubled]),
        [['escalated', true]],
      );
    });

    it('keeps a call’s outcome until the store takes it, and does not call again', async () => {
      world.storeAway = true;
      const ref = await world.send(ruleOf(sms));
      await world.time.pass(5 * minutes + 4500);
      assert.equal((await escalationOf(ref))?.state, 'claimed');
      world.storeAway = false;
      await world.time.pass(minutes);
      assert.equal((await escalationOf(ref))?.state, 'escalated');
      assert.equal(world.calls.length, 1);
    });

    it('stops at once between two calls that cannot have reached anybody, and whoever comes next goes on at once', async () => {
      world.answer = (_call, times) => (times === 1 ? { error: failures.overloaded } : {});
      const ref = await world.send(ruleOf(sms));
      await world.time.pass(5 * minutes + 500);
      await world.stop();
      assert.equal((await escalationOf(ref))?.state, 'waiting');
      world.restart();
      await world.time.pass(minutes);
      assert.deepEqual(
        world.calls.map(({ at, interrupted }) => [at - 5 * minutes, interrupted]),
        [
          [0, false],
          [500, false],
        ],
      );
      const escalation = await escalationOf(ref);
      assert.deepEqual([escalation?.state, escalation?.possiblyDoubled], ['escalated', false]);
      assert.ok(world.log.lines.every(({ level }) => level !== 'error'));
    });

    it('keeps its claim where it stops after a call that may have reached the customer', async () => {
      world.answer = (_call, times) => (times === 1 ? { error: failures.timeout } : {});
      const ref = await world.send(ruleOf(sms));
      await world.time.pass(5 * minutes + 500);
      await world.stop();
      assert.equal((await escalationOf(ref))?.state, 'claimed');
      world.restart();
      await world.time.pass(minutes);
      assert.deepEqual(
        world.calls.map(({ at, interrupted }) => [at - 5 * minutes, interrupted]),
        [
          [0, false],
          [30_000, true],
        ],
      );
      assert.equal((await escalationOf(ref))?.possiblyDoubled, true);
    });
  });
});
