import assert from 'node:assert/strict';
import type { Acknowledgement, StatusMeaning } from '../../middleware/domain.ts';
import type { EscalationEnd, EscalationRule, EscalationTry } from '../../middleware/ports.ts';
import { admission, batch, known, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

const minutes = 60_000;
const dueAt = now + 5 * minutes;
const claimMs = 30_000;
const rule: EscalationRule = { unless: 'delivered', afterMs: 5 * minutes, via: [{ type: 'sms' }] };
const sms: EscalationTry = { way: 'sms', at: dueAt, id: 'SM1' };
const worked: EscalationEnd = { state: 'escalated', tries: [sms], possiblyDoubled: false };
const nothingDue = { cancelled: [] };

/** What happens to messages that do not arrive. */
export function describeEscalations(suite: StoreSuite): void {
  describe('escalations', () => {
    /** A conversation, and messages that go out in it. */
    async function begin() {
      const { admitted } = await suite.admit(admission(message('w1')));
      const [{ ref: turn, conversation }] = admitted as [(typeof admitted)[0]];
      const { id } = conversation;
      let sent = 0;
      const add = async (escalate: EscalationRule = rule, at = now, ordinal?: number) => {
        sent += 1;
        const { outbound } = await suite.store.addOutbound({
          conversation: id,
          content: { type: 'text', text: `number ${sent}` },
          correlation: `k${sent}`,
          now: at,
          leaseMs,
          escalate,
          ...(ordinal !== undefined && { turn: { ref: turn, ordinal } }),
        });
        return outbound.ref;
      };
      const send = async (escalate?: EscalationRule, at?: number) => {
        const ref = await add(escalate, at);
        await suite.store.changeOutbound(ref, { state: 'sent', providerId: `out-${ref}` }, at ?? now);
        return ref;
      };
      const tick = (ref: string, means: StatusMeaning, at: number) => {
        const acknowledgement: Acknowledgement = {
          channel: 'meta',
          business: 'b1',
          providerId: `out-${ref}`,
          status: means,
          means,
          at,
        };
        return suite.store.admit(
          batch([], { now: at, ledger: { entries: [{ acknowledgement }], shared: false } }),
        );
      };
      const look = (at: number, hooks: readonly string[] = []) => suite.store.dueEscalation(id, hooks, at);
      const claim = (ref: string, at: number) => suite.store.claimEscalation(ref, [], at, claimMs);
      const of = async (ref: string) => (await suite.store.ledgerEntry({ ref }))?.escalation;
      return { id, add, send, tick, look, claim, of };
    }
    const claimsAt = async (at: number) => {
      const { claims, nextDueAt } = await suite.store.claimDue(at, room, leaseMs);
      return { kinds: claims.map(({ kind }) => kind).filter(kind => kind === 'escalation'), nextDueAt };
    };

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
