import assert from 'node:assert/strict';
import { admission, later, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

/** What is due is handed to one worker at a time. */
export function describeDueWork(suite: StoreSuite): void {
  describe('due work', () => {
    it('is claimed once, when it is due, earliest first', async () => {
      await suite.admit(
        admission(message('w1', { customer: 'a' }), { ...later(now + 2000), turn: false }),
        admission(message('w2', { customer: 'b' }), { ...later(now + 1000), turn: false }),
      );
      assert.deepEqual((await suite.store.claimDue(now, room, leaseMs)).nextDueAt, now + 1000);
      const { claims } = await suite.store.claimDue(now + 5000, room, leaseMs);
      assert.deepEqual(
        claims.map(({ conversation }) => conversation.customer),
        ['b', 'a'],
      );
      assert.deepEqual((await suite.store.claimDue(now + 5000, room, leaseMs)).claims, []);
    });

    it('is due again when the lease has ended', async () => {
      await suite.admit(admission(message('w1')));
      assert.deepEqual((await suite.store.claimDue(now + leaseMs - 1, room, leaseMs)).claims, []);
      const { claims } = await suite.store.claimDue(now + leaseMs, room, leaseMs);
      assert.deepEqual(claims.map(({ kind }) => kind).sort(), ['receipt', 'turn']);
    });

    it('is due at once after a restart, and everything else is as it was', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w2', { customer: 'b' }), later(now + 9e9)),
      );
      await suite.reopen();
      const { claims } = await suite.store.claimDue(now, room, leaseMs);
      const at = claims.map(({ kind, conversation }) => `${kind} ${conversation.id}`).sort();
      const [one, two] = admitted.map(({ conversation }) => conversation.id);
      assert.deepEqual(at, [`receipt ${one}`, `turn ${one}`, `turn ${two}`].sort());
    });
  });
}
