import assert from 'node:assert/strict';
import type { LedgerEvent } from '../../middleware/ports.ts';
import { known, leaseMs, now, type StoreSuite } from './storeSamples.ts';

const event = (over: object = {}): LedgerEvent => ({
  at: now,
  channel: 'meta',
  business: 'b1',
  type: 'message.level',
  message: 'o1',
  conversation: 'c1',
  level: 'delivered',
  implied: false,
  reportedAt: now - 1000,
  ...over,
});
const [a, b, c] = ['https://a.example/x?y=1', 'https://b.example/', "https://c.example/'; DROP TABLE hook"];

/** Web hooks that have to go out. */
export function describeHooks(suite: StoreSuite): void {
  const add = (...urls: string[]) => suite.store.addHooks(event(), urls);
  const claim = (at = now, limit = 100, except?: readonly string[]) =>
    suite.store.claimHooks(at, limit, leaseMs, except);
  const urlsOf = ({ hooks }: Awaited<ReturnType<typeof claim>>) => hooks.map(({ url }) => url);

  describe('web hooks', () => {
    it('are kept for each address, under ids of their own, over a restart', async () => {
      await add(a, b, c);
      await suite.store.addHooks(event({ level: 'read' }), [a]);
      await suite.store.addHooks(event({ level: 'played' }), []);
      await suite.reopen();
      const { hooks, nextDueAt } = await claim();
      assert.deepEqual(
        hooks.map(({ url, createdAt, attempts }) => [url, createdAt, attempts]),
        [a, b, c, a].map(url => [url, now, 0]),
      );
      assert.deepEqual(known(hooks.map(hook => hook.event)), [
        ...[a, b, c].map(() => event()),
        event({ level: 'read' }),
      ]);
      assert.equal(new Set(hooks.map(({ id }) => id)).size, 4);
      assert.equal(nextDueAt, now + leaseMs);
      assert.equal(await suite.store.countHooks(), 4);
    });

    it('are nothing where there are none', async () => {
      assert.deepEqual(known(await claim()), { hooks: [], dropped: 0 });
      assert.equal(await suite.store.countHooks(), 0);
    });

    it('are claimed once, as many as are asked for, earliest first', async () => {
      for (const late of [3, 1, 2]) await suite.store.addHooks(event({ at: now + late }), [`${a}${late}`]);
      assert.deepEqual(urlsOf(await claim(now)), []);
      assert.equal((await claim(now)).nextDueAt, now + 1);
      const first = await claim(now + 5, 2);
      assert.deepEqual(urlsOf(first), [`${a}1`, `${a}2`]);
      assert.equal(first.nextDueAt, now + 3, 'the third is due still');
      assert.deepEqual(urlsOf(await claim(now + 5)), [`${a}3`]);
      assert.deepEqual(urlsOf(await claim(now + 5)), []);
    });

    it('are earliest first whatever their addresses, and of one time in the order in which they came', async () => {
      for (const [url, late] of [
        [b, 2],
        [a, 3],
        [a, 1],
        [b, 1],
        [a, 2],
      ] as const)
        await suite.store.addHooks(event({ at: now + late }), [url]);
      assert.deepEqual(urlsOf(await claim(now + 5, 4)), [a, b, b, a]);
      const last = await claim(now + 5, 4);
      assert.deepEqual([urlsOf(last), last.nextDueAt], [[a], now + 5 + leaseMs]);
    });

    it('go to one of many workers that claim at once', async () => {
      await add(...Array.from({ length: 50 }, (_, index) => `${a}${index}`));
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim(now, 10)));
      const urls = claims.flatMap(urlsOf);
      assert.deepEqual([urls.length, new Set(urls).size], [50, 50]);
    });

    it('that were not ended are the same process’s again, as they were, when the lease has ended', async () => {
      await add(a);
      const [hook] = (await claim()).hooks;
      assert.deepEqual(urlsOf(await claim(now + leaseMs - 1)), []);
      assert.deepEqual((await claim(now + leaseMs)).hooks, [hook]);
    });

    it('of a process that has ended are due at once, as they were, before what came after them', async () => {
      await add(a, a);
      const { hooks } = await claim();
      await suite.store.addHooks(event({ at: now - 1 }), [a]);
      await suite.reopen();
      const again = await claim(now, 2);
      assert.deepEqual([again.hooks, again.nextDueAt], [hooks, now - 1]);
      await suite.store.endHook(String(hooks[0]?.id), now + 5000);
      await suite.reopen();
      assert.deepEqual((await claim(now, 1)).hooks, [hooks[1]]);
      assert.equal((await claim(now)).hooks.length, 1, 'what waits for its next try waits on');
    });

    it('that failed are due when they are to be tried again, and count how often', async () => {
      await add(a);
      const [hook] = (await claim()).hooks;
      await suite.store.endHook(String(hook?.id), now + 5000);
      await suite.reopen();
      const early = await claim(now + 4999);
      assert.deepEqual([early.hooks, early.nextDueAt], [[], now + 5000]);
      assert.deepEqual(known((await claim(now + 5000)).hooks), known([{ ...hook, attempts: 1 }]));
      await suite.store.endHook(String(hook?.id), now + 9000);
      assert.equal((await claim(now + 9000)).hooks[0]?.attempts, 2);
    });

    it('that arrived are gone, and the others stay', async () => {
      await add(a, b);
      const [first, second] = (await claim()).hooks;
      await suite.store.endHook(String(first?.id), undefined);
      await suite.store.endHook(String(first?.id), now);
      await suite.store.endHook('nobody', now);
      await suite.reopen();
      assert.deepEqual((await claim(now + leaseMs)).hooks, [second]);
    });

    it('of some addresses are left alone where that is asked for', async () => {
      await add(a, b, c);
      const first = await claim(now, 100, [a, c]);
      assert.deepEqual([urlsOf(first), first.nextDueAt], [[b], now + leaseMs]);
      assert.equal((await claim(now, 100, [a, b, c])).nextDueAt, undefined);
      assert.deepEqual(urlsOf(await claim(now, 100, [])), [a, c]);
    });
  });
}
