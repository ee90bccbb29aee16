import assert from 'node:assert/strict';
import { levelOf } from '../../middleware/acknowledgements/fold.ts';
import { ledgerSteps, status, text, what } from './ledgerSteps.ts';
import { admission, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

/** Statuses whose message is not known, not theirs, or not ours. */
export function describeStrangeStatuses(suite: StoreSuite): void {
  const { begin, accept, receive, entry, counts } = ledgerSteps(suite);

  describe('statuses without a message of ours', () => {
    it('are kept whatever characters a provider puts into them', async () => {
      const strange = status('delivered', now + 5, {
        providerId: 'wamid.\0\ud800',
        correlation: '\0',
        customer: '4915\0',
      });
      assert.deepEqual(what(await receive([strange])), ['orphan']);
      assert.deepEqual(what(await receive([strange])), ['orphan']);
      assert.equal((await counts()).orphans, 1);
      const { admitted } = await suite.admit(
        admission(message('w\0', { customer: 'c\0', content: { type: 'text', text: '\0\udfff' } })),
      );
      assert.equal(admitted[0]?.status, 'admitted');
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
        // Those of one webhook that are of different messages have no order.
        const answers = [...(await receive(strange.slice(0, 2))), ...(await receive(strange.slice(2)))];
        assert.deepEqual(
          answers.map(each => (each.what === 'quarantined' ? each.reason : each.what)),
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
  });
}
