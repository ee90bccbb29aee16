import assert from 'node:assert/strict';
import { levelOf } from '../../middleware/acknowledgements/fold.ts';
import type { Acknowledgement } from '../../middleware/domain.ts';
import type { Acknowledged, AcknowledgementEntry, AdmissionBatch } from '../../middleware/ports.ts';
import { admission, batch, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** A status of `wamid.out`, which {@link describeLedger} sends. */
export function status(
  means: Acknowledgement['means'],
  at: number,
  over: Partial<Acknowledgement> = {},
): Acknowledgement {
  const base = { channel: 'meta', business: 'b1', providerId: 'wamid.out', status: means } as const;
  return { ...base, means, at, ...over };
}

/** The ledger: what statuses make of messages that went out. */
export function describeLedger(suite: StoreSuite): void {
  const text = { type: 'text', text: 'hello' } as const;

  async function begin(over: Partial<Parameters<typeof suite.store.addOutbound>[0]> = {}) {
    const { admitted } = await suite.admit(admission(message('w1')));
    const conversation = String(admitted[0]?.conversation.id);
    const { outbound } = await suite.store.addOutbound({
      conversation,
      content: text,
      correlation: 'k-1',
      now,
      leaseMs,
      ...over,
    });
    return { conversation, ref: outbound.ref };
  }
  const accept = (ref: string, providerId = 'wamid.out') =>
    suite.store.changeOutbound(ref, { state: 'sent', providerId }, now);
  const receive = async (
    statuses: readonly (Acknowledgement | AcknowledgementEntry)[],
    over: Partial<AdmissionBatch> & { shared?: boolean } = {},
  ): Promise<readonly Acknowledged[]> => {
    const { shared = false, ...rest } = over;
    const entries = statuses.map(each => ('acknowledgement' in each ? each : { acknowledgement: each }));
    const result = await suite.store.admit(batch([], { ledger: { entries, shared }, ...rest }));
    return result.acknowledged ?? [];
  };
  const what = (acknowledged: readonly Acknowledged[]) => acknowledged.map(each => each.what);
  const entry = async (providerId = 'wamid.out') => {
    const found = await suite.store.ledgerEntry({ channel: 'meta', providerId });
    assert.ok(found);
    return found;
  };
  const counts = () => suite.store.countLedger(now + 1);

  describe('the ledger', () => {
    it('has a row for each message that the provider took, and none for others', async () => {
      const { ref, conversation } = await begin();
      assert.equal(await suite.store.ledgerEntry({ channel: 'meta', providerId: 'wamid.out' }), undefined);
      const queued = await suite.store.ledgerEntry({ ref });
      assert.deepEqual([queued?.sending, queued?.acceptedAt], ['sending', undefined]);
      await accept(ref);
      const found = await entry();
      assert.deepEqual(
        [found.ref, found.origin, found.sending, found.content, found.acceptedAt, found.conversation.id],
        [ref, 'own', 'sent', text, now, conversation],
      );
      assert.deepEqual(found.state, { at: {}, failures: [], unknown: [], repliedAt: now });
      assert.deepEqual((await suite.store.ledgerEntry({ ref }))?.ref, ref);
      const [listed] = await suite.store.listLedger(conversation, { limit: 5 });
      assert.deepEqual(listed, found);
      assert.deepEqual(await suite.store.listLedger(conversation, { limit: 5, before: ref }), []);
      assert.equal(await suite.store.ledgerEntry({ ref: 'o999' }), undefined);
      assert.equal(await suite.store.ledgerEntry({ channel: 'acs', providerId: 'wamid.out' }), undefined);
    });

    it('folds statuses in any order, says what moved, and keeps it over a restart', async () => {
      await accept((await begin()).ref);
      const [read, sent, again] = await receive([
        status('read', now + 3000),
        status('sent', now + 1000),
        status('sent', now + 1000),
      ]);
      assert.ok(read?.what === 'applied' && sent?.what === 'applied');
      assert.deepEqual([levelOf(read.move.before), levelOf(read.move.after)], ['accepted', 'read']);
      assert.deepEqual(sent.move.after.at, { sent: now + 1000, read: now + 3000 });
      assert.deepEqual(again, { what: 'repeat', state: sent.move.after });
      await suite.reopen();
      assert.deepEqual((await entry()).state.at, { sent: now + 1000, read: now + 3000 });
      assert.deepEqual(what(await receive([status('sent', now + 900), status('sent', now + 950)])), [
        'applied',
        'repeat',
      ]);
    });

    it('keeps failures beside the level, each code once, and words that it does not know', async () => {
      await accept((await begin()).ref);
      const failed = (code: string, at: number, detail?: string) =>
        status('failed', at, { failures: [{ code, ...(detail !== undefined && { detail }) }] });
      const results = await receive([
        status('delivered', now + 5),
        failed('131026', now + 9, 'later'),
        failed('131026', now + 7, 'earlier'),
        failed('131026', now + 8),
        failed('131047', now + 6),
        status('unknown', now + 1, { status: 'warning' }),
        status('unknown', now + 2, { status: 'warning' }),
      ]);
      assert.deepEqual(what(results), [
        'applied',
        'applied',
        'applied',
        'repeat',
        'applied',
        'applied',
        'repeat',
      ]);
      const { state } = await entry();
      assert.equal(levelOf(state), 'delivered');
      assert.deepEqual(state.failures, [
        { code: '131047', at: now + 6 },
        { code: '131026', at: now + 7, detail: 'earlier' },
      ]);
      assert.deepEqual(state.unknown, ['warning']);
      const failures = await suite.store.listFailures({ limit: 10 });
      assert.deepEqual(
        failures.map(({ code }) => code),
        ['131047', '131026'],
      );
      const [newest] = failures;
      assert.deepEqual(
        (await suite.store.listFailures({ limit: 10, before: String(newest?.id) })).map(({ code }) => code),
        ['131026'],
      );
    });

    it('takes a message back without lowering its level, at the earliest time', async () => {
      await accept((await begin()).ref);
      await receive([status('revoked', now + 9), status('read', now + 10), status('revoked', now + 8)]);
      const { state } = await entry();
      assert.deepEqual([levelOf(state), state.revokedAt], ['read', now + 8]);
    });

    it('takes what was delivered before the customer wrote for read, whichever came first', async () => {
      await accept((await begin()).ref);
      await receive([status('delivered', now + 1000)]);
      assert.equal(levelOf((await entry()).state), 'delivered');
      const sameTime = await suite.admit(admission(message('w2', { sentAt: now + 1000 })));
      assert.deepEqual(sameTime.implied, undefined);
      const { implied = [] } = await suite.admit(admission(message('w3', { sentAt: now + 2000 })));
      assert.deepEqual(
        implied.map(({ before, after }) => [levelOf(before), levelOf(after)]),
        [['delivered', 'read']],
      );
      assert.equal(implied[0]?.after.at.read, undefined);
      assert.equal(levelOf((await entry()).state), 'read');
      const again = await suite.admit(admission(message('w4', { sentAt: now + 3000 })));
      assert.equal(again.implied, undefined);
      // The other way round: the answer is known before the status.
      const { ref } = await begin({ correlation: 'k-2' });
      await accept(ref, 'wamid.second');
      const [late] = await receive([status('delivered', now + 2500, { providerId: 'wamid.second' })]);
      assert.ok(late?.what === 'applied');
      assert.equal(levelOf(late.move.after), 'read');
    });

    it('keeps a status whose message is not known yet, and joins it by the provider’s id', async () => {
      const { ref } = await begin();
      assert.deepEqual(what(await receive([status('delivered', now + 5)])), ['orphan']);
      assert.deepEqual(what(await receive([status('delivered', now + 5), status('read', now + 6)])), [
        'orphan',
        'orphan',
      ]);
      await suite.reopen();
      assert.deepEqual(await counts(), { orphans: 2, unmatched: 2, quarantined: 0, deadLetters: 0 });
      assert.equal((await suite.store.countLedger(now)).unmatched, 0);
      const { joined } = await accept(ref);
      assert.deepEqual(joined?.after.at, { delivered: now + 5, read: now + 6 });
      assert.deepEqual(joined?.before.at, {});
      assert.equal((await counts()).orphans, 0);
      assert.deepEqual((await entry()).state.at, { delivered: now + 5, read: now + 6 });
    });

    it('learns by our own id that the provider has a message whose call was never answered', async () => {
      const { ref, conversation } = await begin();
      const later = { state: 'queued', dueAt: now + 100, interrupted: true, counted: true } as const;
      await suite.store.changeOutbound(ref, later, now);
      assert.deepEqual(what(await receive([status('read', now + 7)])), ['orphan']);
      const [applied] = await receive([status('delivered', now + 5, { correlation: 'k-1' })]);
      assert.ok(applied?.what === 'applied');
      assert.deepEqual(applied.move.after.at, { delivered: now + 5, read: now + 7 });
      assert.deepEqual([(await entry()).ref, (await entry()).sending], [ref, 'sent']);
      assert.equal(await suite.store.nextOutbound(conversation, now + 1000), undefined);
    });

    it('keeps what a status told also where the call’s answer comes later, or never did', async () => {
      const { ref } = await begin();
      await receive([status('sent', now + 5, { correlation: 'k-1' })]);
      assert.equal((await accept(ref)).joined, undefined);
      assert.deepEqual((await entry()).state.at, { sent: now + 5 });
      const second = await begin({ correlation: 'k-2' });
      await receive([status('sent', now + 5, { correlation: 'k-2', providerId: 'wamid.2' })]);
      await suite.store.changeOutbound(second.ref, { state: 'failed', failure: 'timeout' }, now);
      assert.equal((await entry('wamid.2')).sending, 'sent');
      assert.deepEqual(await suite.store.deadLetters(5), []);
      const third = await suite.store.addOutbound({
        conversation: second.conversation,
        content: text,
        correlation: 'k-3',
        now,
        leaseMs,
      });
      assert.equal(third.call, true);
    });

    it('sets aside what belongs to another business or recipient, once, and changes nothing', async () => {
      await accept((await begin()).ref);
      const strange = [
        status('read', now + 5, { business: 'b2' }),
        status('read', now + 5, { customer: '4915550009999' }),
        {
          acknowledgement: status('read', now + 5, { business: 'b3', providerId: 'wamid.foreign' }),
          foreign: true,
        },
      ];
      for (let times = 0; times < 2; times += 1) {
        assert.deepEqual(
          (await receive(strange)).map(each => (each.what === 'quarantined' ? each.reason : each.what)),
          ['business', 'recipient', 'business'],
        );
      }
      assert.deepEqual((await entry()).state.at, {});
      assert.deepEqual(await counts(), { orphans: 0, unmatched: 0, quarantined: 3, deadLetters: 0 });
      const listed = await suite.store.listQuarantine({ limit: 2 });
      assert.deepEqual(
        listed.map(({ reason }) => reason),
        ['business', 'recipient'],
      );
      assert.equal((await suite.store.listQuarantine({ limit: 5, before: String(listed[1]?.id) })).length, 1);
    });

    it('does not mind a recipient that is absent or named by an id of another form', async () => {
      await accept((await begin()).ref);
      const results = await receive([
        status('sent', now + 1),
        status('delivered', now + 2, { customer: 'US.13491208655302741918' }),
        status('read', now + 3, { customer: '4915550001111', customerAlias: 'US.13491208655302741918' }),
        status('played', now + 4, { customer: 'US.1', customerAlias: '4915550009999' }),
      ]);
      assert.deepEqual(what(results), ['applied', 'applied', 'applied', 'quarantined']);
    });

    it('checks orphans for their owner when they are joined', async () => {
      const { ref } = await begin();
      await receive([
        status('read', now + 5, { customer: '4915550009999' }),
        status('delivered', now + 4, { customer: '4915550001111' }),
      ]);
      const { joined } = await accept(ref);
      assert.deepEqual(joined?.after.at, { delivered: now + 4 });
      assert.equal((await counts()).quarantined, 1);
    });

    it('makes a row of another sender’s message where the number is shared', async () => {
      const { conversation } = await begin();
      const other = status('sent', now + 5, { providerId: 'wamid.other', customer: '4915550001111' });
      assert.deepEqual(what(await receive([other], { shared: true })), ['orphan'], 'ours may be under way');
      const stranger = { ...other, customer: '4915550002222', providerId: 'wamid.stranger' };
      const [first, second] = await receive(
        [stranger, { ...stranger, means: 'read', status: 'read', at: now + 6 }],
        { shared: true, firstHolder: 'queue' },
      );
      assert.ok(first?.what === 'applied' && second?.what === 'applied');
      assert.deepEqual([first.made, second.made], ['other', undefined]);
      const found = await entry('wamid.stranger');
      assert.deepEqual(
        [found.origin, found.content, levelOf(found.state), found.conversation.holder],
        ['other', undefined, 'read', 'queue'],
      );
      assert.notEqual(found.conversation.id, conversation);
      const { customer: _, ...nobody } = stranger;
      assert.deepEqual(what(await receive([{ ...nobody, providerId: 'x' }], { shared: true })), ['orphan']);
    });

    it('gives the row of another’s message to ours when the call’s answer says so', async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      const other = status('read', now + 5, { customer: '4915550001111' });
      const failed = { ...other, means: 'failed', status: 'failed', failures: [{ code: '1' }] } as const;
      assert.deepEqual(what(await receive([other, failed], { shared: true })), ['applied', 'applied']);
      const { outbound } = await suite.store.addOutbound({
        conversation: String(admitted[0]?.conversation.id),
        content: text,
        correlation: 'k',
        now,
        leaseMs,
      });
      await accept(outbound.ref);
      const found = await entry();
      assert.deepEqual([found.ref, found.origin, found.state.at], [outbound.ref, 'own', { read: now + 5 }]);
      assert.equal(found.state.failures.length, 1);
      assert.equal((await suite.store.listLedger(found.conversation.id, { limit: 9 })).length, 1);
    });

    it('receives again what was set aside, when asked', async () => {
      const replayed = {
        shared: false,
        firstHolder: 'bot',
        hooks: [],
        businesses: { meta: ['b1'] },
        now,
      } as const;
      const { ref } = await begin();
      await receive([status('read', now + 5)]);
      const [orphan] = await suite.store.listOrphans({ limit: 5, receivedBefore: now + 1 });
      assert.deepEqual(orphan?.acknowledgement, status('read', now + 5));
      assert.deepEqual(await suite.store.replay(String(orphan?.id), replayed), {
        what: 'status',
        acknowledged: { what: 'orphan' },
      });
      assert.equal((await counts()).orphans, 1);
      await accept(ref);
      await receive([status('played', now + 6, { business: 'b2' })]);
      const [quarantined] = await suite.store.listQuarantine({ limit: 5 });
      await suite.store.replay(String(quarantined?.id), replayed);
      assert.equal((await counts()).quarantined, 1);
      assert.equal(await suite.store.replay('r999', replayed), undefined);
      assert.equal(await suite.store.replay('q999', replayed), undefined);
      assert.equal(await suite.store.replay('d999', replayed), undefined);
    });

    it('sends and runs again what became a dead letter, when asked', async () => {
      const replayed = {
        shared: false,
        firstHolder: 'bot',
        hooks: [],
        businesses: { meta: ['b1'] },
        now,
      } as const;
      const { ref, conversation } = await begin();
      await suite.store.changeOutbound(ref, { state: 'failed', failure: '131026' }, now);
      const [letter] = await suite.store.deadLetters(1);
      assert.deepEqual(await suite.store.replay(String(letter?.id), replayed), {
        what: 'outbound',
        revived: true,
      });
      assert.deepEqual(await suite.store.deadLetters(1), []);
      assert.equal((await suite.store.nextOutbound(conversation, now))?.ref, ref);
      await suite.store.beginTurn(conversation, now);
      await suite.store.endTurn(conversation, 'm1', { how: 'dead', reason: 'it failed' }, now);
      const [dead] = await suite.store.deadLetters(1);
      await suite.store.replay(String(dead?.id), replayed);
      assert.equal((await suite.store.beginTurn(conversation, now))?.attempt, 1);
    });

    it('shuts the window with the status that says so, also one that waited', async () => {
      const { ref, conversation } = await begin();
      const failed = {
        means: 'failed',
        status: 'failed',
        failures: [{ code: '131047' }],
        windowClosed: true,
      } as const;
      const isShut = async () => (await suite.store.conversation(conversation))?.windowShut === true;
      assert.deepEqual(what(await receive([status('failed', now + 5, failed)])), ['orphan']);
      assert.equal(await isShut(), false);
      await accept(ref);
      assert.equal(await isShut(), true);
      await suite.admit(admission(message('w2', { sentAt: now + 10 })));
      assert.equal(await isShut(), false);
      assert.deepEqual(what(await receive([status('failed', now + 20, failed)])), ['repeat']);
      assert.equal(await isShut(), false, 'what the customer wrote since has opened it');
    });

    it('says that a status was quicker than the call’s answer, whatever that was', async () => {
      const { ref } = await begin();
      const [applied] = await receive([status('sent', now + 5, { correlation: 'k-1' })]);
      assert.ok(applied?.what === 'applied');
      assert.deepEqual([applied.made, applied.waitingSince], ['own', now]);
      const late = { state: 'failed', failure: 'http_500' } as const;
      assert.equal((await suite.store.changeOutbound(ref, late, now)).confirmed, 'wamid.out');
      assert.deepEqual(await suite.store.deadLetters(1), []);
    });

    it('tells of a message that will not go out, and keeps its web hooks', async () => {
      const { ref, conversation } = await begin();
      const change = { state: 'failed', failure: '131026', hooks: ['https://hooks.example.com/a'] } as const;
      const { failed } = await suite.store.changeOutbound(ref, change, now);
      assert.deepEqual(failed, {
        type: 'message.failed',
        at: now,
        channel: 'meta',
        business: 'b1',
        message: ref,
        conversation,
        code: '131026',
      });
      const { hooks } = await suite.store.claimHooks(now, 5, leaseMs);
      assert.deepEqual(
        hooks.map(({ event }) => event),
        [failed],
      );
    });

    it('keeps a status of a business that is not served in the quarantine, also when it is replayed', async () => {
      const foreign = {
        acknowledgement: status('read', now + 5, { business: 'b9', customer: '4915' }),
        foreign: true,
      };
      await receive([foreign], { shared: true });
      const [kept] = await suite.store.listQuarantine({ limit: 5 });
      const again = {
        shared: true,
        firstHolder: 'queue',
        hooks: [],
        businesses: { meta: ['b1'] },
        now: now + 9,
      } as const;
      assert.deepEqual(await suite.store.replay(String(kept?.id), again), {
        what: 'status',
        acknowledged: { what: 'quarantined', reason: 'business' },
      });
      assert.deepEqual(await suite.store.listQuarantine({ limit: 5 }), [kept]);
      const served = { ...again, businesses: { meta: ['b1', 'b9'] } };
      const replayed = await suite.store.replay(String(kept?.id), served);
      assert.ok(replayed?.what === 'status' && replayed.acknowledged.what === 'applied');
      assert.deepEqual(await suite.store.listQuarantine({ limit: 5 }), []);
    });

    it('leaves an orphan as old as it is when a replay changes nothing, and drops it after eight days', async () => {
      await receive([status('read', now + 5)]);
      const list = () => suite.store.listOrphans({ limit: 5, receivedBefore: now + 1e12 });
      const [orphan] = await list();
      const later = {
        shared: false,
        firstHolder: 'bot',
        hooks: [],
        businesses: { meta: ['b1'] },
        now: now + 5000,
      } as const;
      await suite.store.replay(String(orphan?.id), later);
      assert.deepEqual(await list(), [orphan]);
      await receive([status('sent', now + 5)], { now: now + 8 * 24 * 3_600_000 + 1 });
      assert.deepEqual(
        (await list()).map(({ acknowledgement }) => acknowledgement.means),
        ['sent'],
      );
    });

    it('never gives the id of what was set aside to something else', async () => {
      const item = (name: string) => ({ channel: 'meta', reason: 'unreadable', item: name }) as const;
      await suite.store.admit(batch([], { rejected: [item('a')] }));
      const [first] = await suite.store.deadLetters(1);
      await suite.store.dropLetter(String(first?.id));
      await suite.store.admit(batch([], { rejected: [item('b')] }));
      assert.notEqual((await suite.store.deadLetters(1))[0]?.id, first?.id);
    });

    it('finds the conversation of another’s message by either name of the customer', async () => {
      const user = 'US.13491208655302741918';
      const { admitted } = await suite.admit(admission(message('w1', { customer: user })));
      const other = status('sent', now + 5, { customer: '4915550001111', customerAlias: user });
      const [applied] = await receive([other], { shared: true });
      assert.ok(applied?.what === 'applied');
      assert.equal(applied.move.conversation.id, admitted[0]?.conversation.id);
    });

    it('joins what waited also to another’s message', async () => {
      const { ref } = await begin();
      const theirs = { providerId: 'wamid.theirs', customer: '4915550001111' };
      assert.deepEqual(what(await receive([status('sent', now + 1, theirs)], { shared: true })), ['orphan']);
      await accept(ref);
      await receive([status('delivered', now + 2, theirs)], { shared: true });
      assert.deepEqual((await entry('wamid.theirs')).state.at, { sent: now + 1, delivered: now + 2 });
      assert.equal((await counts()).orphans, 0);
    });

    it('does not forget, when a dead message is sent again, that the customer may have it', async () => {
      const again = { shared: false, firstHolder: 'bot', hooks: [], businesses: {}, now } as const;
      const { ref, conversation } = await begin();
      const interrupted = { state: 'queued', dueAt: now, interrupted: true, counted: true } as const;
      await suite.store.changeOutbound(ref, interrupted, now);
      await suite.store.nextOutbound(conversation, now);
      await suite.store.changeOutbound(ref, interrupted, now);
      await suite.store.nextOutbound(conversation, now);
      await suite.store.changeOutbound(ref, { state: 'failed', failure: 'timeout' }, now);
      const [letter] = await suite.store.deadLetters(1);
      await suite.store.replay(String(letter?.id), again);
      assert.equal((await suite.store.nextOutbound(conversation, now))?.interrupted, 1);
    });

    it('keeps the letter of a dead turn while an agent has the conversation', async () => {
      const again = { shared: false, firstHolder: 'bot', hooks: [], businesses: {}, now } as const;
      const { conversation } = await begin();
      await suite.store.beginTurn(conversation, now);
      await suite.store.endTurn(conversation, 'm1', { how: 'dead', reason: 'it failed' }, now);
      await suite.store.changeConversation(conversation, { holder: 'agent' });
      const [letter] = await suite.store.deadLetters(1);
      assert.deepEqual(await suite.store.replay(String(letter?.id), again), { what: 'turn', revived: false });
      await suite.store.changeConversation(conversation, { holder: 'bot' });
      assert.deepEqual(await suite.store.replay(String(letter?.id), again), { what: 'turn', revived: true });
      assert.deepEqual(await suite.store.deadLetters(1), []);
    });
  });
}
