import assert from 'node:assert/strict';
import { admission, known, leaseMs, message, now, room, type StoreSuite } from './storeSamples.ts';

/** The turns of the bot. */
export function describeTurns(suite: StoreSuite): void {
  describe('turns', () => {
    it('come in the order of the messages, one at a time, and count their tries', async () => {
      const { admitted } = await suite.admit(
        admission(message('w2', { sentAt: now + 1 })),
        admission(message('w1')),
      );
      const id = String(admitted[0]?.conversation.id);
      const first = await suite.store.beginTurn(id, now);
      assert.deepEqual([first?.message.messageId, first?.attempt, first?.waiting], ['w1', 1, true]);
      assert.equal((await suite.store.beginTurn(id, now))?.attempt, 2);
      const ended = await suite.store.endTurn(id, String(first?.message.ref), { how: 'done' }, now);
      assert.deepEqual(known(ended), { more: true, conflict: false });
      const second = await suite.store.beginTurn(id, now);
      assert.deepEqual(
        [second?.message.messageId, second?.waiting, second?.message.content.text],
        ['w2', false, 'hi'],
      );
      await suite.store.endTurn(id, String(second?.message.ref), { how: 'done' }, now);
      assert.equal(await suite.store.beginTurn(id, now), undefined);
      assert.deepEqual(
        (await suite.store.claimDue(now + 9e9, room, leaseMs)).claims.filter(({ kind }) => kind === 'turn'),
        [],
      );
    });

    it('that are to run again keep the later ones waiting until then', async () => {
      const { admitted } = await suite.admit(
        admission(message('w1')),
        admission(message('w2', { sentAt: now + 1 })),
      );
      const id = String(admitted[0]?.conversation.id);
      const ref = String((await suite.store.beginTurn(id, now))?.message.ref);
      const end = await suite.store.endTurn(id, ref, { how: 'retry', dueAt: now + 500, counted: true }, now);
      assert.deepEqual(end, { more: false, nextDueAt: now + 500, conflict: false });
      assert.equal(await suite.store.beginTurn(id, now + 499), undefined);
      const again = await suite.store.beginTurn(id, now + 500);
      assert.deepEqual([again?.message.messageId, again?.attempt], ['w1', 2]);
    });

    it('that are dead leave a letter and make way', async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      await suite.store.beginTurn(conversation.id, now);
      await suite.store.endTurn(conversation.id, ref, { how: 'dead', reason: 'it failed' }, now);
      assert.equal(await suite.store.beginTurn(conversation.id, now), undefined);
      const [letter] = await suite.store.deadLetters(1);
      assert.deepEqual([letter?.what, letter?.reason], ['turn', 'it failed']);
      assert.deepEqual(letter?.item, { message: ref, content: { type: 'text', text: 'hi' } });
    });

    it('that have ended stay as they ended, whatever a worker says that comes late', async () => {
      const { admitted } = await suite.admit(admission(message('w1')));
      const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
      await suite.store.beginTurn(conversation.id, now);
      await suite.store.endTurn(conversation.id, ref, { how: 'done' }, now);
      const late = { how: 'retry', dueAt: now, counted: true } as const;
      assert.equal((await suite.store.endTurn(conversation.id, ref, late, now)).more, false);
      await suite.store.endTurn(conversation.id, ref, { how: 'dead', reason: 'late' }, now);
      assert.equal(await suite.store.beginTurn(conversation.id, now), undefined);
      assert.deepEqual(await suite.store.deadLetters(1), []);
    });
  });
}
