import assert from 'node:assert/strict';
import type { OutboundRequest } from '../../middleware/ports.ts';
import { admission, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** The keys under which callers ask to send. */
export function describeSendKeys(suite: StoreSuite): void {
  describe('the key of a send', () => {
    const text = { type: 'text', text: 'hello' } as const;
    const template = { type: 'template', template: { name: 'wake', language: 'en' } } as const;
    const escalate = { unless: 'delivered', afterMs: 1000, via: [{ type: 'sms' }] } as const;

    async function begin(customer = '4915550001111') {
      const { admitted } = await suite.admit(admission(message(`w-${customer}`, { customer })));
      const conversation = String(admitted[0]?.conversation.id);
      return (over: Partial<OutboundRequest> = {}): OutboundRequest => ({
        conversation,
        content: text,
        correlation: 'c',
        now,
        leaseMs,
        idempotencyKey: 'k',
        ...over,
      });
    }

    it('finds the message of the first request, over a restart, as it is by now', async () => {
      const request = await begin();
      assert.equal(await suite.store.repeatedOutbound(request()), undefined);
      const { outbound } = await suite.store.addOutbound(request());
      await suite.store.changeOutbound(outbound.ref, { state: 'sent', providerId: 'wamid.out' }, now);
      await suite.reopen();
      for (const found of [
        await suite.store.addOutbound(request({ correlation: 'another' })),
        await suite.store.repeatedOutbound(request()),
      ]) {
        assert.deepEqual(
          [found?.call, found?.conflict, found?.outbound.ref, found?.outbound.state],
          [false, undefined, outbound.ref, 'sent'],
        );
      }
      assert.equal((await suite.store.listLedger(outbound.conversation.id, { limit: 9 })).length, 1);
    });

    it('writes once, however many ask at the same time', async () => {
      const request = await begin();
      const added = await Promise.all(Array.from({ length: 20 }, () => suite.store.addOutbound(request())));
      assert.equal(added.filter(({ call }) => call).length, 1);
      assert.equal(new Set(added.map(({ outbound }) => outbound.ref)).size, 1);
    });

    it('is refused to another message, or to one that escalates otherwise', async () => {
      const request = await begin();
      const { outbound } = await suite.store.addOutbound(request());
      for (const other of [request({ content: { ...text, text: 'other' } }), request({ escalate })]) {
        const found = await suite.store.addOutbound(other);
        assert.deepEqual([found.call, found.conflict, found.outbound.ref], [false, true, outbound.ref]);
        assert.equal((await suite.store.repeatedOutbound(other))?.conflict, true);
      }
    });

    it('is one conversation’s own', async () => {
      const [first, second] = [await begin(), await begin('4915550002222')];
      const one = await suite.store.addOutbound(first());
      const other = await suite.store.addOutbound(second({ content: { ...text, text: 'other' } }));
      assert.deepEqual([other.call, other.conflict], [true, undefined]);
      assert.notEqual(one.outbound.ref, other.outbound.ref);
    });

    it('finds the template that went out at once for what was asked for', async () => {
      const request = await begin();
      const { outbound } = await suite.store.addOutbound(request({ content: template, insteadOf: text }));
      assert.equal((await suite.store.repeatedOutbound(request()))?.outbound.ref, outbound.ref);
    });

    it('moves to the template that goes out for a message that was refused, and so does what waits', async () => {
      const request = await begin();
      const { outbound: refused } = await suite.store.addOutbound(request({ escalate }));
      const { idempotencyKey: _, ...instead } = request({ content: template, insteadOf: text });
      const [, { outbound }] = await Promise.all([
        suite.store.changeOutbound(refused.ref, { state: 'failed', failure: '131047' }, now),
        suite.store.addOutbound({ ...instead, replaces: refused.ref }),
      ]);
      const found = await suite.store.repeatedOutbound(request({ escalate }));
      assert.deepEqual([found?.outbound.ref, found?.conflict], [outbound.ref, undefined]);
      const escalations = [];
      for (const { ref } of [refused, outbound])
        escalations.push((await suite.store.ledgerEntry({ ref }))?.escalation?.state);
      assert.deepEqual(escalations, [undefined, 'waiting']);
    });
  });
}
