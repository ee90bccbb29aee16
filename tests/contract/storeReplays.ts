import assert from 'node:assert/strict';
import { ledgerSteps, status } from './ledgerSteps.ts';
import { batch, now, replaying, type StoreSuite } from './storeSamples.ts';

/** Trying again what was set aside. */
export function describeReplays(suite: StoreSuite): void {
  const { begin, accept, receive, counts } = ledgerSteps(suite);

  async function letTurnDie(conversation: string) {
    const turn = await suite.store.beginTurn(conversation, now);
    await suite.store.endTurn(
      conversation,
      String(turn?.message.ref),
      { how: 'dead', reason: 'it failed' },
      now,
    );
  }

  describe('what was set aside, tried again', () => {
    it('receives again what was set aside, when asked', async () => {
      const { ref } = await begin();
      await receive([status('read', now + 5)]);
      const [orphan] = await suite.store.listOrphans({ limit: 5, receivedBefore: now + 1 });
      assert.deepEqual(orphan?.acknowledgement, status('read', now + 5));
      assert.deepEqual(await suite.store.replay(String(orphan?.id), replaying), {
        what: 'status',
        acknowledged: { what: 'orphan' },
      });
      assert.equal((await counts()).orphans, 1);
      await accept(ref);
      await receive([status('played', now + 6, { business: 'b2' })]);
      const [quarantined] = await suite.store.listQuarantine({ limit: 5 });
      await suite.store.replay(String(quarantined?.id), replaying);
      assert.equal((await counts()).quarantined, 1);
      assert.equal(await suite.store.replay('r999', replaying), undefined);
      assert.equal(await suite.store.replay('q999', replaying), undefined);
      assert.equal(await suite.store.replay('d999', replaying), undefined);
    });

    it('sends and runs again what became a dead letter, when asked', async () => {
      const { ref, conversation } = await begin();
      await suite.store.changeOutbound(ref, { state: 'failed', failure: '131026' }, now);
      const [letter] = await suite.store.deadLetters(1);
      assert.deepEqual(await suite.store.replay(String(letter?.id), replaying), {
        what: 'outbound',
        revived: true,
      });
      assert.deepEqual(await suite.store.deadLetters(1), []);
      assert.equal((await suite.store.nextOutbound(conversation, now))?.ref, ref);
      await letTurnDie(conversation);
      const [dead] = await suite.store.deadLetters(1);
      await suite.store.replay(String(dead?.id), replaying);
      assert.equal((await suite.store.beginTurn(conversation, now))?.attempt, 1);
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
      const later = { ...replaying, now: now + 5000 };
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

    it('does not forget, when a dead message is sent again, that the customer may have it', async () => {
      const { ref, conversation } = await begin();
      const interrupted = { state: 'queued', dueAt: now, interrupted: true, counted: true } as const;
      await suite.store.changeOutbound(ref, interrupted, now);
      await suite.store.nextOutbound(conversation, now);
      await suite.store.changeOutbound(ref, interrupted, now);
      await suite.store.nextOutbound(conversation, now);
      await suite.store.changeOutbound(ref, { state: 'failed', failure: 'timeout' }, now);
      const [letter] = await suite.store.deadLetters(1);
      await suite.store.replay(String(letter?.id), replaying);
      assert.equal((await suite.store.nextOutbound(conversation, now))?.interrupted, 1);
    });

    it('keeps the letter of a dead turn while an agent has the conversation', async () => {
      const { conversation } = await begin();
      await letTurnDie(conversation);
      await suite.store.changeConversation(conversation, { holder: 'agent' });
      const [letter] = await suite.store.deadLetters(1);
      assert.deepEqual(await suite.store.replay(String(letter?.id), replaying), {
        what: 'turn',
        revived: false,
      });
      await suite.store.changeConversation(conversation, { holder: 'bot' });
      assert.deepEqual(await suite.store.replay(String(letter?.id), replaying), {
        what: 'turn',
        revived: true,
      });
      assert.deepEqual(await suite.store.deadLetters(1), []);
    });
  });
}
