import assert from 'node:assert/strict';
import {
  admission,
  held,
  lane,
  later,
  leaseMs,
  message,
  now,
  room,
  type StoreSuite,
} from './storeSamples.ts';

/** Receipts that are owed, and what became of them. */
export function describeReceipts(suite: StoreSuite): void {
  describe('receipts', () => {
    it('change only while they are open, and the lane follows', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w2', { sentAt: now + 1 }), later(now + 700)),
      );
      const [one, two] = admitted.map(({ ref }) => ref) as [string, string];
      const id = String(admitted[0]?.conversation.id);
      const sent = { ref: one, outcome: 'sent', because: 'accepted', at: now + 5, attempts: 1 } as const;
      const first = await suite.store.changeReceipts(id, [sent], lane);
      assert.deepEqual(first, { changed: [one], claimed: false, nextDueAt: now + 700 });
      const late = { ref: one, outcome: 'failed', because: 'late', at: now + 9 } as const;
      assert.deepEqual((await suite.store.changeReceipts(id, [late], lane)).changed, []);
      const open = await suite.store.dueReceipts(id, now);
      assert.deepEqual(
        open.map(({ ref, messageId, dueAt, attempts }) => [ref, messageId, dueAt, attempts]),
        [[two, 'w2', now + 700, 0]],
      );
      const [, ended] = await suite.store.listReceipts(id, 10);
      assert.deepEqual([ended?.outcome, ended?.at, ended?.attempts], ['sent', now + 5, 1]);
    });

    it('give the lane to whoever makes one due, unless somebody has it', async () => {
      const { admitted } = await suite.admit(admission(message('w1'), held));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      const due = { ref, outcome: 'scheduled', dueAt: now, because: 'asked' } as const;
      const options = { now, leaseMs, end: false };
      assert.equal((await suite.store.changeReceipts(conversation.id, [due], options)).claimed, true);
      assert.equal((await suite.store.changeReceipts(conversation.id, [due], options)).claimed, false);
    });

    it('come due for expiry while they are held', async () => {
      await suite.admit(admission(message('w1'), { ...held, expiresAt: now + 5000, turn: false }));
      assert.deepEqual((await suite.store.claimDue(now + 4999, room, leaseMs)).claims, []);
      assert.equal((await suite.store.claimDue(now + 5000, room, leaseMs)).claims[0]?.kind, 'receipt');
    });

    it('say on which message typing may show', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w2', { sentAt: now + 1 })),
      );
      const id = String(admitted[0]?.conversation.id);
      assert.deepEqual(await suite.store.typingState(id), { open: true, lastRead: undefined });
      const ended = admitted.map(({ ref }, index) => ({
        ref,
        outcome: index === 1 ? ('sent' as const) : ('covered' as const),
        because: '',
        at: now,
      }));
      await suite.store.changeReceipts(id, ended, lane);
      const lastRead = { ref: admitted[1]?.ref, messageId: 'w2', sentAt: now + 1 };
      assert.deepEqual(await suite.store.typingState(id), { open: false, lastRead });
    });
  });
}
