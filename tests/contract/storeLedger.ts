import assert from 'node:assert/strict';
import { levelOf } from '../../middleware/acknowledgements/fold.ts';
import { ledgerSteps, status, text, what } from './ledgerSteps.ts';
import { admission, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** The ledger: what statuses make of messages that went out. */
export function describeLedger(suite: StoreSuite): void {
  const { begin, accept, receive, entry } = ledgerSteps(suite);

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
  });
}
