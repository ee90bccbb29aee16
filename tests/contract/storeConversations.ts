import assert from 'node:assert/strict';
import { admission, held, known, lane, message, now, type StoreSuite } from './storeSamples.ts';

/** What is asked and changed outside of the work itself. */
export function describeConversations(suite: StoreSuite): void {
  it('changes what decisions depend on, and counts the changes', async () => {
    const { admitted } = await suite.admit(admission(message('w1')));
    const id = String(admitted[0]?.conversation.id);
    const policy = { read: { when: 'manual' } };
    const changed = await suite.store.changeConversation(id, { workstream: 'sales', policy });
    assert.deepEqual(
      [changed?.workstream, changed?.policy, changed?.holder, changed?.version],
      ['sales', policy, 'bot', 1],
    );
    const back = await suite.store.changeConversation(id, {
      workstream: null,
      policy: null,
      holder: 'queue',
    });
    assert.deepEqual(
      [back?.workstream, back?.policy, back?.holder, back?.version],
      [undefined, undefined, 'queue', 2],
    );
    assert.equal(await suite.store.changeConversation('c_unknown', { holder: 'bot' }), undefined);
  });

  it('finds a message by the provider’s id, on its own channel and business', async () => {
    const { admitted } = await suite.admit(admission(message('w1'), held));
    const found = await suite.store.message({ channel: 'meta', business: 'b1', key: 'w1' });
    assert.deepEqual(
      [found?.ref, found?.conversation, found?.receipt?.outcome],
      [admitted[0]?.ref, admitted[0]?.conversation, 'held'],
    );
    assert.equal(await suite.store.message({ channel: 'meta', business: 'b2', key: 'w1' }), undefined);
    await suite.admit(admission(message('r1', { kind: 'reaction' }), { receipt: undefined }));
    assert.equal(
      (await suite.store.message({ channel: 'meta', business: 'b1', key: 'r1' }))?.receipt,
      undefined,
    );
  });

  describe('the window that a provider says is closed', () => {
    const stateOf = async (id: string) => {
      const conversation = await suite.store.conversation(id);
      return [conversation?.windowFrom, conversation?.windowShut];
    };
    const begin = async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      return String(admitted[0]?.conversation.id);
    };

    it('is shut until the customer’s next message, also after a restart', async () => {
      const id = await begin();
      assert.deepEqual(await stateOf(id), [now, undefined]);
      await suite.store.shutWindow(id, now);
      assert.deepEqual(await stateOf(id), [now, true]);
      await suite.reopen();
      assert.equal((await suite.store.conversationView(id))?.windowShut, true);
      const { admitted } = await suite.admit(admission(message('w2', { sentAt: now + 1 })));
      assert.equal('windowShut' in (admitted[0]?.conversation ?? {}), false);
      assert.deepEqual(await stateOf(id), [now + 1, undefined]);
    });

    it('stays shut when an older message comes, or the same one again', async () => {
      const id = await begin();
      await suite.store.shutWindow(id, now + 5000);
      const { admitted } = await suite.admit(
        admission(message('w0', { sentAt: now - 1 })),
        admission(message('w1')),
      );
      assert.deepEqual(
        admitted.map(({ conversation }) => conversation.windowShut),
        [true, true],
      );
      assert.deepEqual(await stateOf(id), [now, true]);
    });

    it('is open where the customer wrote after what the provider judged', async () => {
      const id = await begin();
      await suite.admit(admission(message('w2', { sentAt: now + 1 })));
      await suite.store.shutWindow(id, now);
      assert.deepEqual(await stateOf(id), [now + 1, undefined]);
    });

    it('is of that conversation alone, and of one that there is', async () => {
      await suite.admit(admission(message('x1', { customer: 'other' })));
      await suite.store.shutWindow(await begin(), now);
      await suite.store.shutWindow('c_unknown', now);
      const other = await suite.store.conversation(message('x1', { customer: 'other' }));
      assert.equal(other?.windowShut, undefined);
    });
  });

  it('answers for conversations that it does not know', async () => {
    assert.deepEqual(await suite.store.openReceipts('c_x', 'm1'), []);
    assert.deepEqual(await suite.store.dueReceipts('c_x', now), []);
    assert.deepEqual(await suite.store.listReceipts('c_x', 5), []);
    assert.deepEqual(known(await suite.store.typingState('c_x')), { open: false });
    assert.equal(await suite.store.beginTurn('c_x', now), undefined);
    assert.equal(await suite.store.nextOutbound('c_x', now), undefined);
    assert.deepEqual((await suite.store.changeReceipts('c_x', [], lane)).changed, []);
    assert.equal((await suite.store.endTurn('c_x', 'm1', { how: 'done' }, now)).more, false);
    assert.equal(
      (await suite.store.changeOutbound('o7', { state: 'failed', failure: 'x' }, now)).nextDueAt,
      undefined,
    );
  });
}
