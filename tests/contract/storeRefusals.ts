import assert from 'node:assert/strict';
import { admission, held, lane, leaseMs, message, now, replaying, type StoreSuite } from './storeSamples.ts';

const refusal = { code: '100', is: 'message_refused', detail: 'Param text must not be empty.' } as const;

/** Why a provider refused something for good. */
export function describeRefusals(suite: StoreSuite): void {
  describe('refusals', () => {
    it('stay with the receipt, over a restart, and with no other', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w2', { sentAt: now + 1 }), held),
      );
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const failed = { ref, outcome: 'failed', because: 'refused', at: now, attempts: 1, refusal } as const;
      await suite.store.changeReceipts(conversation.id, [failed], lane);
      await suite.reopen();
      const listed = await suite.store.listReceipts(conversation.id, 10);
      assert.deepEqual(
        listed.map(({ messageId, outcome, refusal }) => [messageId, outcome, refusal]),
        [
          ['w2', 'held', undefined],
          ['w1', 'failed', refusal],
        ],
      );
      const view = await suite.store.message({ channel: 'meta', business: 'b1', key: 'w1' });
      assert.deepEqual(view?.receipt?.refusal, refusal);
    });

    it('are not kept of a receipt that had ended already', async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const end = { ref, because: 'x', at: now } as const;
      await suite.store.changeReceipts(conversation.id, [{ ...end, outcome: 'sent' }], lane);
      await suite.store.changeReceipts(conversation.id, [{ ...end, outcome: 'failed', refusal }], lane);
      const [receipt] = await suite.store.listReceipts(conversation.id, 10);
      assert.deepEqual([receipt?.outcome, receipt?.refusal], ['sent', undefined]);
    });

    it('stay with the message that was refused, until it is tried again', async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      const conversation = String(admitted[0]?.conversation.id);
      const content = { type: 'text', text: 'a' } as const;
      const request = { conversation, content, correlation: 'k', now, leaseMs };
      const { ref } = (await suite.store.addOutbound(request)).outbound;
      const entry = async () => {
        const { failure, refusal } = (await suite.store.ledgerEntry({ ref })) ?? {};
        return [failure, refusal];
      };
      assert.deepEqual(await entry(), [undefined, undefined]);
      await suite.store.changeOutbound(ref, { state: 'failed', failure: '100', refusal }, now);
      await suite.reopen();
      assert.deepEqual(await entry(), ['100', refusal]);
      const [letter] = await suite.store.deadLetters(1);
      assert.ok(!JSON.stringify(letter).includes(refusal.detail));

      await suite.store.replay(String(letter?.id), replaying);
      assert.deepEqual(await entry(), [undefined, undefined]);
      await suite.store.changeOutbound(ref, { state: 'failed', failure: 'not known' }, now);
      assert.deepEqual(await entry(), ['not known', undefined]);
      const other = { ...refusal, code: '131026' };
      await suite.store.changeOutbound(ref, { state: 'failed', failure: '131026', refusal: other }, now);
      assert.deepEqual(await entry(), ['131026', other]);
    });
  });
}
