import assert from 'node:assert/strict';
import type { StateChange, StateItem } from '../../middleware/ports.ts';
import { admission, known, message, now, type StoreSuite } from './storeSamples.ts';

const item = (key: string, eTag: string, json = `{"by":"${eTag}"}`): StateItem => ({ key, json, eTag });
/** The change that makes an item what it is. */
const toBe = ({ key, json, eTag }: StateItem, expected?: string): StateChange => ({
  key,
  to: { json, eTag },
  ...(expected !== undefined && { expected }),
});

/** What bots remember between turns. */
export function describeState(suite: StoreSuite): void {
  const write = (...changes: StateChange[]) => suite.store.writeState(changes);
  const read = (...keys: string[]) => suite.store.readState(keys);

  describe('bot state', () => {
    it('is kept as it was written, over a restart, and deleted', async () => {
      const [a, b] = [item('a', '1', '{"text":"ÿ — 🚲\\u0000","n":1.5}'), item('b/c', '2')];
      assert.deepEqual(await write(toBe(a), toBe(b)), { conflicts: [] });
      await suite.reopen();
      assert.deepEqual(await read('b/c', 'nothing', 'a'), [b, a]);
      assert.deepEqual(await write({ key: 'a' }, { key: 'nothing' }), { conflicts: [] });
      assert.deepEqual(await read('a', 'b/c'), [b]);
      assert.deepEqual(await read(), []);
    });

    it('is found by its exact key', async () => {
      const keys = [
        'A',
        'a',
        'a ',
        '__proto__',
        'constructor',
        "x'; DROP TABLE bot_state; --",
        'ä',
        'a\u0308',
      ];
      await write(...keys.map((key, index) => toBe(item(key, String(index)))));
      for (const [index, key] of keys.entries()) {
        assert.deepEqual(await read(key), [item(key, String(index))], key);
      }
    });

    it('is overwritten without a question, or only as it was expected', async () => {
      await write(toBe(item('a', '1')));
      assert.deepEqual(await write(toBe(item('a', '2'), '1')), { conflicts: [] });
      assert.deepEqual(await write(toBe(item('a', '3'), '1')), { conflicts: [0] });
      assert.deepEqual(await read('a'), [item('a', '2')]);
      assert.deepEqual(await write(toBe(item('a', '4'))), { conflicts: [] });
      assert.deepEqual(await write(toBe(item('new', '1'), 'of one that is gone')), { conflicts: [] });
      assert.deepEqual(await read('a', 'new'), [item('a', '4'), item('new', '1')]);
    });

    it('is written whole or not at all, and says which of the changes were not expected', async () => {
      await write(toBe(item('b', '1')), toBe(item('c', '1')), toBe(item('d', '1')));
      const changes = [
        toBe(item('a', '2')),
        toBe(item('b', '2'), 'old'),
        { key: 'c' },
        { key: 'd', expected: 'old' },
      ];
      assert.deepEqual(await write(...changes), { conflicts: [1, 3] });
      assert.deepEqual(await read('a', 'b', 'c', 'd'), [item('b', '1'), item('c', '1'), item('d', '1')]);
    });

    it('takes one of many writes that expect the same', async () => {
      await write(toBe(item('a', '0')));
      const writes = Array.from({ length: 20 }, (_, index) => write(toBe(item('a', `by ${index}`), '0')));
      const written = (await Promise.all(writes)).filter(({ conflicts }) => conflicts.length === 0);
      assert.equal(written.length, 1);
    });

    describe('that a turn wrote', () => {
      const begin = async () => {
        const { admitted } = await suite.admit(
          admission(message('w1')),
          admission(message('w2', { sentAt: now + 1 })),
        );
        const [{ ref, conversation }] = admitted as [(typeof admitted)[0]];
        await suite.store.beginTurn(conversation.id, now);
        const end = (...state: StateChange[]) =>
          suite.store.endTurn(conversation.id, ref, { how: 'done', state }, now);
        return { ref, id: conversation.id, end };
      };

      it('is there with its end', async () => {
        const { id, end } = await begin();
        await write(toBe(item('a', '1')), toBe(item('b', '1')));
        const ended = await end(toBe(item('a', '2'), '1'), { key: 'b' }, toBe(item('c', '1')));
        assert.deepEqual(known(ended), { more: true, conflict: false });
        await suite.reopen();
        assert.deepEqual(await read('a', 'b', 'c'), [item('a', '2'), item('c', '1')]);
        assert.equal((await suite.store.beginTurn(id, now))?.message.messageId, 'w2');
      });

      it('keeps it from ending where it is not what the turn took it for', async () => {
        const { id, ref, end } = await begin();
        await write(toBe(item('a', '1')));
        const ended = await end(toBe(item('b', '1')), toBe(item('a', '2'), 'old'));
        assert.deepEqual(known(ended), { more: false, conflict: true });
        assert.deepEqual(await read('a', 'b'), [item('a', '1')]);
        const turns = { turn: 5, receipt: 0, outbound: 0, escalation: 0 };
        const { claims } = await suite.store.claimDue(now, turns, 1000);
        assert.deepEqual(claims, [], 'the lane is still the worker’s');
        const again = await suite.store.beginTurn(id, now);
        assert.deepEqual([again?.message.ref, again?.attempt], [ref, 2]);
        assert.equal((await end(toBe(item('a', '2'), '1'))).conflict, false);
        assert.deepEqual(await read('a', 'b'), [item('a', '2')]);
      });

      it('is not written by a second worker who ran the same turn', async () => {
        const { end } = await begin();
        await end(toBe(item('a', 'the first')));
        assert.equal((await end(toBe(item('a', 'the second')), toBe(item('b', '1'), 'old'))).conflict, false);
        assert.deepEqual(await read('a', 'b'), [item('a', 'the first')]);
      });
    });
  });
}
