import assert from 'node:assert/strict';
import type { ReceiptChange } from '../../middleware/ports.ts';
import {
  admission,
  held,
  known,
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
    it('tell what a reply may have to wait for', async () => {
      const admit = async (...args: Parameters<typeof admission>) => {
        const [only] = (await suite.admit(admission(...args))).admitted;
        assert.ok(only);
        return only;
      };
      const end = (id: string, ref: string) =>
        suite.store.changeReceipts(id, [{ ref, outcome: 'sent', because: 'accepted', at: now }], lane);
      const first = await admit(message('w1'), later(now + 700));
      assert.deepEqual(first.ahead, { what: 'own', dueAt: now + 700 });
      const { id } = first.conversation;
      // Of two that are open none is the only one.
      const second = await admit(message('w2', { sentAt: now + 1 }), later(now + 900));
      assert.deepEqual(second.ahead, { what: 'unknown' });
      assert.equal((await end(id, first.ref)).open, true);
      const again = await admit(message('w2', { sentAt: now + 1 }), later(now + 900));
      assert.deepEqual([again.status, again.ahead], ['duplicate', { what: 'own', dueAt: now + 900 }]);
      assert.equal((await end(id, second.ref)).open, false);
      assert.deepEqual((await admit(message('w2'))).ahead, { what: 'nothing' });
      const third = await admit(message('w3', { sentAt: now + 2 }), later(now + 50));
      const tried = {
        ref: third.ref,
        outcome: 'scheduled',
        because: 'again',
        dueAt: now + 60,
        attempts: 1,
      } as const;
      await suite.store.changeReceipts(id, [tried], lane);
      assert.deepEqual((await admit(message('w3'))).ahead, { what: 'unknown' });
    });

    it('change only while they are open, and the lane follows', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w2', { sentAt: now + 1 }), later(now + 700)),
      );
      const [one, two] = admitted.map(({ ref }) => ref) as [string, string];
      const id = String(admitted[0]?.conversation.id);
      const sent = { ref: one, outcome: 'sent', because: 'accepted', at: now + 5, attempts: 1 } as const;
      const first = await suite.store.changeReceipts(id, [sent], lane);
      assert.deepEqual(first, {
        changed: [one],
        moved: [],
        claimed: false,
        nextDueAt: now + 700,
        open: true,
      });
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

    it('tell which of them the hold bar freed or holds, earliest message first', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1'), held),
        admission(message('w3', { sentAt: now + 2 }), later(now + 700)),
        admission(message('w2', { sentAt: now + 1 })),
      );
      const [one] = admitted as [(typeof admitted)[0]];
      const change = (to: Omit<ReceiptChange, 'ref'>) =>
        suite.store.changeReceipts(one.conversation.id, [{ ref: one.ref, ...to }], lane);
      const freed = await change({ outcome: 'scheduled', dueAt: now, because: 'asked' });
      assert.deepEqual(
        freed.moved.map(({ messageId, outcome, dueAt }) => [messageId, outcome, dueAt]),
        [
          ['w2', 'scheduled', now],
          ['w3', 'scheduled', now + 700],
        ],
      );
      const barred = await change({ outcome: 'held', until: 'manual', because: 'taken back' });
      assert.deepEqual(
        barred.moved.map(({ messageId, outcome }) => [messageId, outcome]),
        [
          ['w2', 'held'],
          ['w3', 'held'],
        ],
      );
      const kept = await suite.store.listReceipts(one.conversation.id, 10);
      assert.deepEqual(barred.moved, [kept[0], kept[1]]);
      assert.deepEqual((await change({ outcome: 'held', until: 'manual', because: 'again' })).moved, []);
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
      assert.deepEqual(known(await suite.store.typingState(id)), { open: true });
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
