import assert from 'node:assert/strict';
import { eraseOld } from '../../middleware/privacy/retention.ts';
import { holdCustomer } from '../support/heldCustomer.ts';
import { admission, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

const anna = '4915550001111';
const ben = '4915550002222';
const dayMs = 24 * 60 * 60 * 1000;

/** What is let go when it is old. */
export function describeRetention(suite: StoreSuite): void {
  const at = (time: number) => ({ store: suite.store, clock: { now: () => time } });

  describe('what is old', () => {
    it('goes when it is old, but for what is not over', async () => {
      const { conversation, inbound, outbound } = await holdCustomer(suite.store, anna, 'quillfeather', now);
      // The first message has been decided about, and ours of the first send has arrived.
      const [ref] = inbound as [string];
      const end = { ref, outcome: 'skipped', because: 'x', at: now } as const;
      await suite.store.changeReceipts(conversation, [end], { now, leaseMs, end: false });
      await suite.store.dueEscalation(conversation, [], now + 1);
      assert.equal(await eraseOld(at(now + 20 * dayMs), undefined), undefined);
      assert.equal(await eraseOld(at(now + 20 * dayMs), 30), undefined);
      const act = await eraseOld(at(now + 40 * dayMs), 30);
      // The other messages wait for their turns; ours for its time, or for what is to happen as it did not arrive.
      assert.deepEqual(
        [act?.counts.outbound, act?.counts.inbound, act?.counts.conversation],
        [1, 1, undefined],
      );
      const { items } = await suite.store.thread(conversation, { limit: 100 });
      assert.equal(items.length, 6);
      const [sent, , waiting] = await Promise.all(
        outbound.map(each => suite.store.ledgerEntry({ ref: each })),
      );
      assert.deepEqual(sent?.content, undefined);
      assert.deepEqual(waiting?.content, { type: 'text', text: 'word-quillfeather-33' });
    });

    it('goes with the conversation, where nothing else is left of it; numbers stay', async () => {
      const end = { outcome: 'skipped', because: 'x' } as const;
      const { admitted } = await suite.admit(
        admission(message('w1', { customer: anna }), { turn: false, receipt: end }),
        admission(message('w2', { customer: ben, sentAt: now + 35 * dayMs }), { turn: false, receipt: end }),
      );
      const [one, other] = admitted.map(({ conversation }) => conversation.id) as [string, string];
      const key = `whatsapp/users/${anna}/`;
      await suite.store.writeState([{ key, to: { json: '{}', eTag: '1' } }]);
      await suite.store.addFigures([
        { hour: 1, channel: 'meta', business: 'b1', name: 'x', bin: 1, count: 1 },
      ] as never);
      const act = await eraseOld(at(now + 40 * dayMs), 30);
      assert.deepEqual([act?.counts.conversation, act?.conversations], [1, []]);
      assert.equal(await suite.store.conversation(one), undefined);
      assert.notEqual(await suite.store.conversation(other), undefined);
      assert.deepEqual(await suite.store.readState([key]), []);
      // Within 8 days a message that was erased is known again; then its key goes too.
      const again = admission(message('w1', { customer: anna }));
      assert.equal((await suite.admit(again)).admitted[0]?.status, 'admitted');
    });
  });
}
