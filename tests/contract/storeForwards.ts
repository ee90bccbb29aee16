import assert from 'node:assert/strict';
import type { Forward, ForwardEnd, NewForward } from '../../middleware/ports.ts';
import { known, leaseMs, now, type StoreSuite } from './storeSamples.ts';

const keyLifetimeMs = 8 * 24 * 60 * 60 * 1000;

const request = (id: string, over: Partial<NewForward> = {}): NewForward => ({
  channel: 'twilio',
  key: `token-${id}`,
  lane: 'anna',
  request: {
    headers: { 'x-id': id, 'user-agent': 'TwilioProxy/1.1' },
    body: Buffer.from([0, 255, 10]).toString('base64'),
  },
  ...over,
});
const idsOf = (forwards: readonly (Forward | undefined)[]) =>
  forwards.map(forward => forward?.request.headers['x-id']);

/** Requests that have to be passed on. */
export function describeForwards(suite: StoreSuite): void {
  const add = (forward: NewForward, at = now, lease = leaseMs) => suite.store.addForward(forward, at, lease);
  const claim = (at = now, limit = 100) => suite.store.claimForwards(at, limit, leaseMs);
  const end = (id: string, how: ForwardEnd, at = now) => suite.store.endForward(id, how, at, leaseMs);
  const addedId = async (forward: NewForward, at = now, lease = leaseMs) => {
    const added = await add(forward, at, lease);
    return added.status === 'known' ? assert.fail('it is known') : added.id;
  };

  describe('requests to pass on', () => {
    it('are kept as they came, over a restart, and are the caller’s at first', async () => {
      const added = await add(request('1'));
      assert.equal(added.status, 'claimed');
      assert.deepEqual((await claim(now + leaseMs - 1)).forwards, []);
      await suite.reopen();
      const { forwards } = await claim(now + leaseMs);
      const { lane, request: of } = request('1');
      const { id } = added.status === 'claimed' ? added : assert.fail();
      assert.deepEqual(known(forwards), [{ id, lane, request: of, createdAt: now, attempts: 0 }]);
      assert.equal(await suite.store.countForwards(), 1);
    });

    it('are kept once by their keys, whatever became of them, for 8 days', async () => {
      const id = await addedId(request('1'));
      assert.deepEqual(await add(request('1', { lane: 'other' })), { status: 'known' });
      await end(id, { how: 'passed' });
      await suite.reopen();
      assert.deepEqual(await add(request('1'), now + keyLifetimeMs - 1), { status: 'known' });
      assert.equal(await suite.store.countForwards(), 0);
      await add(request('2'), now + keyLifetimeMs + 1);
      assert.notEqual((await add(request('1'), now + keyLifetimeMs + 1)).status, 'known');
      assert.notEqual((await add(request('1', { channel: 'meta' }))).status, 'known', 'keys are a channel’s');
    });

    it('are known, and not kept, where they have gone out without the store', async () => {
      await add(request('1', { passed: true }));
      await suite.reopen();
      assert.deepEqual(await add(request('1')), { status: 'known' });
      assert.deepEqual(known(await claim()), { forwards: [] });
    });

    it('are handed out one at a time in a lane, in the order in which they came', async () => {
      const first = await addedId(request('1'));
      assert.equal((await add(request('2'))).status, 'waiting');
      assert.equal((await add(request('3'))).status, 'waiting');
      assert.equal((await add(request('4', { lane: 'ben' }))).status, 'claimed');
      const { next } = await end(first, { how: 'passed' });
      assert.deepEqual(idsOf([next]), ['2']);
      assert.deepEqual((await claim(now + leaseMs - 1)).forwards, []);
      await suite.reopen();
      assert.deepEqual(idsOf((await claim(now + leaseMs)).forwards).sort(), ['2', '4']);
    });

    it('wait behind one that failed until it is due again, which counts how often', async () => {
      const first = await addedId(request('1'));
      await add(request('2'));
      assert.deepEqual(known(await end(first, { how: 'retry', dueAt: now + 5000 })), {
        nextDueAt: now + 5000,
      });
      assert.equal((await add(request('3'))).status, 'waiting');
      const early = await claim(now + 4999);
      assert.deepEqual([early.forwards, early.nextDueAt], [[], now + 5000]);
      const [again] = (await claim(now + 5000)).forwards;
      assert.deepEqual([again?.id, again?.attempts, again?.createdAt], [first, 1, now]);
      const { next } = await end(first, { how: 'passed' }, now + 5001);
      assert.deepEqual(idsOf([next]), ['2']);
    });

    it('without a claim are due at once, for whoever looks', async () => {
      assert.equal((await add(request('1'), now, 0)).status, 'waiting');
      await add(request('2'), now, 0);
      assert.deepEqual(idsOf((await claim()).forwards), ['1']);
      assert.deepEqual((await claim()).forwards, []);
    });

    it('are claimed by lanes, as many as are asked for, the one that was due first before the others', async () => {
      for (const [id, lane, at] of [
        ['1', 'a', 3],
        ['2', 'b', 1],
        ['3', 'c', 2],
        ['4', 'b', 0],
      ] as const)
        await add(request(id, { lane }), now + at, 0);
      const { forwards, nextDueAt } = await claim(now + 5, 2);
      assert.deepEqual([idsOf(forwards), nextDueAt], [['2', '3'], now + 3]);
      assert.deepEqual(idsOf((await claim(now + 5, 2)).forwards), ['1']);
    });

    it('go to one of many workers that claim at once', async () => {
      for (let n = 0; n < 40; n += 1) await add(request(`${n}`, { lane: `lane ${n % 20}` }), now, 0);
      const claims = await Promise.all(Array.from({ length: 8 }, () => claim(now, 5)));
      const ids = claims.flatMap(({ forwards }) => idsOf(forwards));
      assert.deepEqual([ids.length, new Set(ids).size], [20, 20]);
    });

    it('of a worker that came too late change nothing: another has ended them', async () => {
      const first = await addedId(request('1'));
      const second = await addedId(request('2'));
      await claim(now + leaseMs);
      await end(first, { how: 'passed' }, now + leaseMs);
      for (const how of [
        { how: 'passed' },
        { how: 'retry', dueAt: now },
        { how: 'dead', reason: 'x' },
      ] as const)
        assert.deepEqual(known(await end(first, how, now + leaseMs)), {});
      assert.deepEqual((await claim(now + 2 * leaseMs - 1)).forwards, [], 'the second is somebody’s');
      assert.deepEqual(await suite.store.deadLetters(5), []);
      assert.deepEqual(known(await end(second, { how: 'passed' })), {});
      assert.deepEqual(known(await claim(now + 9 * leaseMs)), { forwards: [] });
      assert.equal((await add(request('3'))).status, 'claimed');
    });

    it('that end out of their turn leave the lane to the one whose turn it is', async () => {
      await add(request('1'));
      const second = await addedId(request('2'));
      assert.deepEqual(known(await end(second, { how: 'passed' })), {});
      assert.deepEqual((await claim(now + leaseMs - 1)).forwards, []);
      assert.deepEqual(idsOf((await claim(now + leaseMs)).forwards), ['1']);
    });

    it('that are given up become dead letters, and go out again when they are replayed, behind the others', async () => {
      const first = await addedId(request('1'));
      await end(first, { how: 'retry', dueAt: now });
      await add(request('2'));
      const { next } = await end(first, { how: 'dead', reason: 'it was refused (http_400)' }, now + 1);
      assert.deepEqual(idsOf([next]), ['2']);
      await suite.reopen();
      const [letter] = await suite.store.deadLetters(5);
      const { id, ...told } = letter ?? assert.fail();
      assert.deepEqual(told, {
        at: now + 1,
        what: 'forward',
        channel: 'twilio',
        reason: 'it was refused (http_400)',
        item: { lane: 'anna', request: request('1').request },
      });
      const later = now + 100 * leaseMs;
      const replaying = { shared: false, firstHolder: 'bot', hooks: [], businesses: {}, now: later } as const;
      assert.deepEqual(await suite.store.replay(id, replaying), { what: 'forward', revived: true });
      assert.deepEqual(await suite.store.deadLetters(5), []);
      const [before] = (await claim(later)).forwards;
      assert.deepEqual(idsOf([before]), ['2']);
      const after = (await end(String(before?.id), { how: 'passed' }, later)).next;
      assert.deepEqual([...idsOf([after]), after?.attempts, after?.createdAt], ['1', 0, later]);
      assert.notEqual(after?.id, first);
      await end(String(after?.id), { how: 'passed' }, later);
      assert.deepEqual(await add(request('1')), { status: 'known' });
    });

    it('that are replayed wake a lane in which nothing waits', async () => {
      const id = await addedId(request('1'));
      await end(id, { how: 'dead', reason: 'x' });
      const [letter] = await suite.store.deadLetters(1);
      const replaying = { shared: false, firstHolder: 'bot', hooks: [], businesses: {}, now } as const;
      await suite.store.replay(String(letter?.id), replaying);
      assert.deepEqual(idsOf((await claim()).forwards), ['1']);
    });
  });
}
