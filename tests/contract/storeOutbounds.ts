import assert from 'node:assert/strict';
import { admission, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

/** Messages to the customer. */
export function describeOutbounds(suite: StoreSuite): void {
  describe('outbound messages', () => {
    const text = (value: string) => ({ type: 'text', text: value }) as const;
    async function begin() {
      const { admitted } = await suite.admit(admission(message('w1')));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const request = (value: string, ordinal?: number) => ({
        conversation: conversation.id,
        content: text(value),
        correlation: `k-${value}`,
        now,
        leaseMs,
        ...(ordinal !== undefined && { turn: { ref, ordinal } }),
      });
      return { id: conversation.id, request };
    }

    it('are written before their call, and keep what became of it', async () => {
      const { request } = await begin();
      const { outbound, call } = await suite.store.addOutbound(request('a'));
      assert.equal(call, true);
      assert.deepEqual(
        [outbound.state, outbound.content, outbound.correlation],
        ['sending', text('a'), 'k-a'],
      );
      await suite.store.changeOutbound(outbound.ref, { state: 'sent', providerId: 'wamid.out' }, now);
      const kept = await suite.store.outbound(outbound.ref);
      assert.deepEqual(
        [kept?.state, kept?.providerId, kept?.attempts, kept?.interrupted],
        ['sent', 'wamid.out', 1, 0],
      );
      assert.equal(await suite.store.outbound('o999'), undefined);
    });

    it('that are still to go out are told with each message of their conversation, also one that comes again', async () => {
      const { request } = await begin();
      const repliesUntil = async (id: string) =>
        (await suite.admit(admission(message(id)))).admitted[0]?.repliesUntil;
      assert.equal(await repliesUntil('w2'), undefined);
      const a = await suite.store.addOutbound({ ...request('a'), dueAt: now + 5000 });
      const b = await suite.store.addOutbound({ ...request('b'), dueAt: now + 7000 });
      assert.equal(await repliesUntil('w3'), now + 7000);
      assert.equal(await repliesUntil('w3'), now + 7000);
      for (const { outbound } of [b, a])
        await suite.store.changeOutbound(outbound.ref, { state: 'sent', providerId: outbound.ref }, now);
      assert.equal(await repliesUntil('w4'), undefined);
      const other = await suite.admit(admission(message('w5', { customer: 'another' })));
      assert.equal(other.admitted[0]?.repliesUntil, undefined);
    });

    it('of one conversation go out in order: a later one waits for an earlier one', async () => {
      const { id, request } = await begin();
      const a = await suite.store.addOutbound(request('a'));
      const b = await suite.store.addOutbound(request('b'));
      assert.deepEqual([a.call, b.call], [true, false]);
      const queued = { state: 'queued', dueAt: now + 300, interrupted: false, counted: true } as const;
      assert.deepEqual(await suite.store.changeOutbound(a.outbound.ref, queued, now), {
        nextDueAt: now + 300,
      });
      assert.equal(await suite.store.nextOutbound(id, now), undefined);
      const { claims } = await suite.store.claimDue(now + 300, room, leaseMs);
      assert.deepEqual(claims.filter(({ kind }) => kind === 'outbound').length, 1);
      assert.equal((await suite.store.nextOutbound(id, now + 300))?.ref, a.outbound.ref);
      const after = await suite.store.changeOutbound(
        a.outbound.ref,
        { state: 'sent', providerId: 'x' },
        now + 300,
      );
      assert.equal(after.nextDueAt, now);
      assert.equal((await suite.store.nextOutbound(id, now + 300))?.ref, b.outbound.ref);
    });

    it('whose call a crash cut off are counted as interrupted when they are taken up', async () => {
      const { id, request } = await begin();
      await suite.store.addOutbound(request('a'));
      await suite.reopen();
      const { claims } = await suite.store.claimDue(now, room, leaseMs);
      assert.equal(claims.filter(({ kind }) => kind === 'outbound').length, 1);
      const taken = await suite.store.nextOutbound(id, now);
      assert.deepEqual([taken?.interrupted, taken?.state], [1, 'sending']);
    });

    it('of a turn that runs again are found while they are the same, and sent as new when not', async () => {
      const { id, request } = await begin();
      const first = await suite.store.addOutbound(request('a', 0));
      await suite.store.changeOutbound(first.outbound.ref, { state: 'sent', providerId: 'x' }, now);
      const again = await suite.store.addOutbound(request('a', 0));
      assert.deepEqual([again.call, again.outbound.providerId], [false, 'x']);
      const other = await suite.store.addOutbound(request('b', 0));
      assert.equal(other.call, true);
      assert.notEqual(other.outbound.ref, first.outbound.ref);
      await suite.store.changeOutbound(other.outbound.ref, { state: 'sent', providerId: 'y' }, now);
      assert.equal(await suite.store.nextOutbound(id, now), undefined);
    });

    it('of a bot that wait are given up, and those of others and under way are not', async () => {
      const { id, request } = await begin();
      const underWay = await suite.store.addOutbound(request('under way', 0));
      const waiting = await suite.store.addOutbound({ ...request('waiting', 1), dueAt: now + 20_000 });
      const others = await suite.store.addOutbound({ ...request('not the bot’s'), dueAt: now + 30_000 });
      assert.deepEqual(await suite.store.dropReplies(id), [waiting.outbound.ref]);
      const states = [];
      for (const { outbound } of [underWay, waiting, others])
        states.push((await suite.store.outbound(outbound.ref))?.state);
      assert.deepEqual(states, ['sending', 'failed', 'queued']);
      assert.match(
        String((await suite.store.outbound(waiting.outbound.ref))?.failure),
        /^superseded: an agent/,
      );
      await suite.store.changeOutbound(
        underWay.outbound.ref,
        { state: 'sent', providerId: 'wamid.out' },
        now,
      );
      const { claims } = await suite.store.claimDue(now + 30_000, room, leaseMs);
      assert.deepEqual(claims.filter(({ kind }) => kind === 'outbound').length, 1);
      assert.equal((await suite.store.nextOutbound(id, now + 30_000))?.ref, others.outbound.ref);
      assert.deepEqual(await suite.store.deadLetters(10), []);
    });

    it('that fail for good leave a letter and make way', async () => {
      const { id, request } = await begin();
      const a = await suite.store.addOutbound(request('a'));
      const b = await suite.store.addOutbound(request('b'));
      await suite.store.changeOutbound(a.outbound.ref, { state: 'failed', failure: '131026' }, now);
      assert.equal((await suite.store.nextOutbound(id, now))?.ref, b.outbound.ref);
      const [letter] = await suite.store.deadLetters(1);
      assert.deepEqual([letter?.what, letter?.reason], ['outbound', '131026']);
    });
  });
}
