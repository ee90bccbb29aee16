import assert from 'node:assert/strict';
import { claimMs, dueAt, escalationSteps, minutes, nothingDue, rule, worked } from './escalationSteps.ts';
import { admission, batch, known, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** What happens to messages that do not arrive. */
export function describeEscalations(suite: StoreSuite): void {
  describe('escalations', () => {
    const { begin, claimsAt } = escalationSteps(suite);

    it('wait for their time, and then hand over their message', async () => {
      const { send, look, of } = await begin();
      const ref = await send();
      assert.deepEqual((await claimsAt(dueAt - 1)).kinds, []);
      assert.deepEqual(known(await look(dueAt - 1)), { ...nothingDue, nextDueAt: dueAt });
      assert.deepEqual((await claimsAt(dueAt)).kinds, ['escalation']);
      const { escalation, cancelled } = await look(dueAt);
      assert.deepEqual(cancelled, []);
      assert.deepEqual(
        [escalation?.state, escalation?.dueAt, escalation?.possiblyDoubled, escalation?.tries],
        ['waiting', dueAt, false, []],
      );
      assert.deepEqual([escalation?.unless, escalation?.via], ['delivered', [{ type: 'sms' }]]);
      assert.deepEqual(
        [escalation?.entry.ref, escalation?.entry.content, escalation?.entry.providerId],
        [ref, { type: 'text', text: 'number 1' }, `out-${ref}`],
      );
      assert.match(String(escalation?.key), /^[0-9a-f-]{36}$/);
      assert.equal((await of(ref))?.key, escalation?.key);
    });

    it('are cancelled by a tick in time, which listeners and web hooks are told when it would have been due', async () => {
      const { id, send, tick, look, of } = await begin();
      const ref = await send();
      await tick(ref, 'delivered', dueAt - 100);
      assert.equal((await of(ref))?.state, 'cancelled');
      const { escalation, cancelled, nextDueAt } = await look(dueAt, ['https://hooks.example']);
      assert.deepEqual([escalation, nextDueAt], [undefined, undefined]);
      const event = {
        type: 'message.escalated',
        at: dueAt,
        channel: 'meta',
        business: 'b1',
        message: ref,
        conversation: id,
        state: 'cancelled',
        possiblyDoubled: false,
      };
      assert.deepEqual(cancelled, [event]);
      const { hooks } = await suite.store.claimHooks(dueAt, 10, 1000);
      assert.deepEqual(
        hooks.map(hook => [hook.url, hook.event]),
        [['https://hooks.example', event]],
      );
      assert.deepEqual(known(await look(dueAt)), nothingDue);
      assert.deepEqual((await claimsAt(dueAt)).kinds, []);
    });

    it('ask for the level that their rule names, reported or implied', async () => {
      const { send, tick, look, claim } = await begin();
      const read = { ...rule, unless: 'read' } as const;
      const [delivered, seen, answered] = [await send(read), await send(read), await send(read)];
      await tick(delivered, 'sent', now + 1000);
      await tick(seen, 'read', now + 3000);
      await tick(answered, 'delivered', now + 3000);
      await suite.store.admit(batch([admission(message('w2', { sentAt: now + 9000 }))], { now: now + 9000 }));
      await tick(delivered, 'delivered', now + 10_000);
      const { escalation, cancelled } = await look(dueAt);
      assert.deepEqual(
        cancelled.map(event => 'message' in event && event.message).sort(),
        [seen, answered].sort(),
      );
      assert.equal(escalation?.entry.ref, delivered);
      assert.equal((await claim(delivered, dueAt)).escalation?.state, 'claimed');
    });

    it('are cancelled by a tick between the look and the claim, and not by one after the claim', async () => {
      const { send, tick, look, claim, of } = await begin();
      const [early, late] = [await send(), await send()];
      assert.equal((await look(dueAt)).escalation?.entry.ref, early);
      await tick(early, 'delivered', dueAt);
      const { escalation, event } = await claim(early, dueAt);
      assert.equal(escalation, undefined);
      assert.deepEqual(event?.type === 'message.escalated' && [event.message, event.state], [
        early,
        'cancelled',
      ]);
      assert.equal((await claim(late, dueAt)).escalation?.entry.ref, late);
      await tick(late, 'read', dueAt + 100);
      assert.equal((await of(late))?.state, 'claimed');
      assert.deepEqual(known(await look(dueAt + 100)), { ...nothingDue, nextDueAt: dueAt + claimMs });
      await suite.store.endEscalation(late, worked, [], dueAt + 200);
      assert.equal((await of(late))?.state, 'escalated');
      assert.deepEqual(known(await look(dueAt + claimMs)), nothingDue);
    });

    it('are not carried out for a message that was taken back', async () => {
      const { send, tick, look, claim, of } = await begin();
      const [first, second] = [await send({ ...rule, unless: 'read' }), await send(rule, now + 1000)];
      await tick(first, 'revoked', now + 2000);
      assert.equal((await of(first))?.state, 'cancelled');
      const { escalation, cancelled } = await look(dueAt + 1000);
      assert.deepEqual(
        cancelled.map(event => 'message' in event && event.message),
        [first],
      );
      assert.equal(escalation?.entry.ref, second);
      await tick(second, 'revoked', dueAt + 1000);
      const { escalation: claimed, event } = await claim(second, dueAt + 1000);
      assert.deepEqual(
        [claimed, event?.type === 'message.escalated' && event.state],
        [undefined, 'cancelled'],
      );
    });

    it('are carried out for what never was sent, and not for what a turn took back', async () => {
      const { add, look, claim, of } = await begin();
      const refused = await add();
      await suite.store.changeOutbound(refused, { state: 'failed', failure: '131026' }, now);
      assert.equal((await look(dueAt)).escalation?.entry.ref, refused);
      assert.equal((await claim(refused, dueAt)).escalation?.entry.sending, 'failed');
      await suite.store.endEscalation(refused, worked, [], dueAt);
      // The first occupies the lane of outbound messages, so that the second waits.
      const underWay = await add({ ...rule, afterMs: 9 * minutes });
      const superseded = await add(rule, now, 0);
      await add({ ...rule, afterMs: 9 * minutes }, now, 0);
      assert.equal((await of(superseded))?.state, 'cancelled');
      const { cancelled, nextDueAt } = await look(dueAt);
      assert.deepEqual(
        cancelled.map(event => 'message' in event && event.message),
        [superseded],
      );
      assert.equal(nextDueAt, now + 9 * minutes);
      assert.equal((await look(now + 9 * minutes)).escalation?.entry.ref, underWay);
    });

    it('are none for messages without a rule, and none in conversations that are not there', async () => {
      const { id, of } = await begin();
      const request = { conversation: id, correlation: 'k', now, leaseMs } as const;
      const { outbound } = await suite.store.addOutbound({
        ...request,
        content: { type: 'text', text: 'a' },
      });
      assert.equal(await of(outbound.ref), undefined);
      assert.deepEqual((await claimsAt(now + 60 * minutes)).kinds, []);
      const none = await suite.store.dueEscalation('c_none', [], now);
      assert.deepEqual([none.escalation, none.cancelled], [undefined, []]);
    });
  });
}
