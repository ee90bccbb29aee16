import assert from 'node:assert/strict';
import { admission, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

/** Templates that go in the place of what the window kept back. */
export function describeFallbacks(suite: StoreSuite): void {
  describe('a template in the place of a message', () => {
    const given = { type: 'text', text: 'a' } as const;
    const template = { type: 'template', template: { name: 'wake', language: 'en' } } as const;

    async function begin() {
      const { admitted } = await suite.admit(admission(message('w1')));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const turn = { ref, ordinal: 0 };
      const of = { conversation: conversation.id, now, leaseMs };
      const { outbound } = await suite.store.addOutbound({ ...of, content: given, correlation: 'k1', turn });
      return { of, turn, refused: outbound };
    }
    /** Refuses the message and puts the template in its place, in one commit. */
    async function replace({ of, turn, refused }: Awaited<ReturnType<typeof begin>>) {
      const [, added] = await Promise.all([
        suite.store.changeOutbound(refused.ref, { state: 'failed', failure: '131047' }, now),
        suite.store.addOutbound({ ...of, content: template, insteadOf: given, correlation: 'k2', turn }),
      ]);
      return added;
    }

    it('is a row of its own that says what it stands for, and its call is the caller’s', async () => {
      const begun = await begin();
      const { outbound, call } = await replace(begun);
      assert.equal(call, true);
      assert.notEqual(outbound.ref, begun.refused.ref);
      const kept = await suite.store.outbound(outbound.ref);
      assert.deepEqual([kept?.content, kept?.insteadOf, kept?.turn], [template, given, begun.turn]);
      const refused = await suite.store.outbound(begun.refused.ref);
      assert.deepEqual([refused?.state, refused?.insteadOf], ['failed', undefined]);
      assert.deepEqual((await suite.store.ledgerEntry({ ref: outbound.ref }))?.insteadOf, given);
    });

    it('is found by what it stands for when the turn runs again', async () => {
      const begun = await begin();
      const { outbound } = await replace(begun);
      await suite.store.changeOutbound(outbound.ref, { state: 'sent', providerId: 'x' }, now);
      await suite.reopen();
      const { of, turn } = begun;
      const again = await suite.store.addOutbound({ ...of, content: given, correlation: 'k3', turn });
      assert.deepEqual(
        [again.call, again.outbound.ref, again.outbound.insteadOf],
        [false, outbound.ref, given],
      );
      const twice = await suite.store.addOutbound({
        ...of,
        content: template,
        insteadOf: given,
        correlation: 'k4',
        turn,
      });
      assert.deepEqual([twice.call, twice.outbound.ref], [false, outbound.ref]);
    });

    it('keeps its place behind what waits already, and supersedes none of it', async () => {
      const begun = await begin();
      const { of, turn } = begun;
      const next = await suite.store.addOutbound({
        ...of,
        content: { type: 'text', text: 'b' },
        correlation: 'k9',
        turn: { ...turn, ordinal: 1 },
      });
      const { outbound, call } = await replace(begun);
      assert.equal(call, false);
      assert.equal((await suite.store.outbound(next.outbound.ref))?.state, 'queued');
      const { claims } = await suite.store.claimDue(now, room, leaseMs);
      assert.equal(claims.filter(({ kind }) => kind === 'outbound').length, 1);
      assert.equal((await suite.store.nextOutbound(of.conversation, now))?.ref, next.outbound.ref);
      await suite.store.changeOutbound(next.outbound.ref, { state: 'sent', providerId: 'y' }, now);
      assert.equal((await suite.store.nextOutbound(of.conversation, now))?.ref, outbound.ref);
    });
  });
}
