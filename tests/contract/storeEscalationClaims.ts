import assert from 'node:assert/strict';
import type { EscalationEnd, EscalationTry } from '../../middleware/ports.ts';
import { claimMs, dueAt, escalationSteps, nothingDue, rule, sms, worked } from './escalationSteps.ts';
import { known, now, type StoreSuite } from './storeSamples.ts';

/** Who carries escalations out, and how they end. */
export function describeEscalationClaims(suite: StoreSuite): void {
  describe('claims of escalations', () => {
    const { begin, claimsAt } = escalationSteps(suite);

    it('are claimed once, however many ask', async () => {
      const { send, claim } = await begin();
      const ref = await send();
      assert.deepEqual(known(await claim(ref, dueAt - 1)), {});
      await claimsAt(dueAt);
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim(ref, dueAt)));
      assert.equal(claims.filter(({ escalation }) => escalation !== undefined).length, 1);
      // Nobody even looks while it is claimed: the lane is leased for as long.
      assert.deepEqual(await claimsAt(dueAt + claimMs - 1), { kinds: [], nextDueAt: dueAt + claimMs });
      assert.deepEqual(known(await claim('o999', dueAt)), {});
    });

    it('of a worker that died are due again when its claim has ended, under the same key and marked', async () => {
      const { send, look, claim } = await begin();
      const ref = await send();
      const first = await claim(ref, dueAt);
      await suite.reopen();
      assert.deepEqual((await claimsAt(dueAt + 1)).kinds, ['escalation']);
      assert.deepEqual(known(await look(dueAt + 1)), { ...nothingDue, nextDueAt: dueAt + claimMs });
      assert.deepEqual(known(await claim(ref, dueAt + claimMs - 1)), {});
      assert.deepEqual((await claimsAt(dueAt + claimMs)).kinds, ['escalation']);
      const { escalation } = await look(dueAt + claimMs);
      assert.equal(escalation?.state, 'claimed');
      const second = await claim(ref, dueAt + claimMs);
      assert.equal(second.escalation?.key, first.escalation?.key);
      assert.deepEqual(
        [first.escalation?.possiblyDoubled, second.escalation?.possiblyDoubled],
        [false, true],
      );
    });

    it('of a worker that died are marked also where its message arrives meanwhile: the call may have been made', async () => {
      for (const cancelled of ['by a look', 'by a claim']) {
        const { send, tick, look, claim, of } = await begin();
        const ref = await send();
        await claim(ref, dueAt);
        await suite.reopen();
        await tick(ref, 'delivered', dueAt + 1000);
        const event =
          cancelled === 'by a look'
            ? (await look(dueAt + claimMs)).cancelled[0]
            : (await claim(ref, dueAt + claimMs)).event;
        assert.deepEqual(
          event?.type === 'message.escalated' && [event.message, event.state, event.possiblyDoubled],
          [ref, 'cancelled', true],
          cancelled,
        );
        const kept = await of(ref);
        assert.deepEqual([kept?.state, kept?.possiblyDoubled], ['cancelled', true]);
      }
    });

    it('that are given back are due at once, for anybody, and not marked', async () => {
      const { send, look, claim, of } = await begin();
      const ref = await send();
      await claimsAt(dueAt);
      const first = await claim(ref, dueAt);
      await suite.store.returnEscalation(ref, dueAt + claimMs, dueAt + 500);
      await suite.reopen();
      assert.deepEqual([(await of(ref))?.state, (await of(ref))?.dueAt], ['waiting', dueAt]);
      assert.deepEqual((await claimsAt(dueAt + 500)).kinds, ['escalation']);
      assert.equal((await look(dueAt + 500)).escalation?.entry.ref, ref);
      const second = await claim(ref, dueAt + 500);
      assert.deepEqual(
        [second.escalation?.key, second.escalation?.possiblyDoubled],
        [first.escalation?.key, false],
      );
      // The first claim is over: its worker has nothing to give back, nor has anybody once it has ended.
      await suite.store.returnEscalation(ref, dueAt + claimMs, dueAt + 600);
      assert.equal((await of(ref))?.state, 'claimed');
      assert.deepEqual((await claimsAt(dueAt + 600)).kinds, []);
      await suite.store.endEscalation(ref, worked, [], dueAt + 700);
      await suite.store.returnEscalation(ref, dueAt + 500 + claimMs, dueAt + 800);
      assert.equal((await of(ref))?.state, 'escalated');
    });

    it('end with what was tried, and give the lane back to the next', async () => {
      const { id, send, look, claim, of } = await begin();
      const [first, second] = [await send(), await send(rule, now + 1000)];
      await claimsAt(dueAt);
      await look(dueAt);
      await claim(first, dueAt);
      const refused: EscalationTry = { way: 'voice', at: dueAt, failure: '21219' };
      const end = { state: 'escalated', tries: [refused, sms], possiblyDoubled: true } as const;
      const { event, nextDueAt } = await suite.store.endEscalation(
        first,
        end,
        ['https://a.example', 'https://b.example'],
        dueAt + 500,
      );
      assert.equal(nextDueAt, dueAt + 1000);
      assert.deepEqual(event, {
        type: 'message.escalated',
        at: dueAt + 500,
        channel: 'meta',
        business: 'b1',
        message: first,
        conversation: id,
        state: 'escalated',
        way: 'sms',
        possiblyDoubled: true,
      });
      const { hooks } = await suite.store.claimHooks(dueAt + 500, 10, 1000);
      assert.deepEqual(hooks.map(({ url }) => url).sort(), ['https://a.example', 'https://b.example']);
      const kept = await of(first);
      assert.deepEqual(
        [kept?.state, kept?.tries, kept?.possiblyDoubled],
        ['escalated', [refused, sms], true],
      );
      assert.deepEqual((await claimsAt(dueAt + 1000)).kinds, ['escalation']);
      assert.equal((await look(dueAt + 1000)).escalation?.entry.ref, second);
    });

    it('end once, but for a success after a failure that a late worker told', async () => {
      const { send, claim, of } = await begin();
      const ref = await send();
      const failed: EscalationEnd = {
        state: 'failed',
        tries: [{ way: 'sms', at: dueAt, failure: 'timeout' }],
        possiblyDoubled: false,
      };
      const end = async (how: EscalationEnd) => (await suite.store.endEscalation(ref, how, [], dueAt)).event;
      assert.equal(await end(worked), undefined);
      await claim(ref, dueAt);
      await claim(ref, dueAt + claimMs);
      assert.notEqual(await end(failed), undefined);
      assert.equal(await end(failed), undefined);
      assert.notEqual(await end(worked), undefined);
      assert.equal(await end(failed), undefined);
      const kept = await of(ref);
      assert.deepEqual([kept?.state, kept?.tries], ['escalated', [...failed.tries, sms]]);
    });
  });
}
