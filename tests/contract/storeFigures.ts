import assert from 'node:assert/strict';
import type { Acknowledgement } from '../../middleware/domain.ts';
import type { FigureCount, FigureQuery } from '../../middleware/ports.ts';
import { admission, batch, known, leaseMs, message, now, type StoreSuite } from './storeSamples.ts';

const hourMs = 3_600_000;
const hour = now - (now % hourMs);

/** Figures, which add up, and what is stuck. */
export function describeFigures(suite: StoreSuite): void {
  const figure = (over: Partial<FigureCount> = {}): FigureCount => ({
    channel: 'meta',
    business: 'b1',
    hour,
    name: 'delivery',
    bin: 7,
    count: 1,
    ...over,
  });
  const ask = async (over: Partial<FigureQuery> = {}) =>
    known(await suite.store.figures({ from: hour, to: hour + 24 * hourMs, ...over }));

  describe('figures', () => {
    it('add up, also over a restart', async () => {
      await suite.store.addFigures([
        figure(),
        figure({ count: 2 }),
        figure({ bin: -1 }),
        figure({ bin: 900 }),
      ]);
      await suite.reopen();
      await suite.store.addFigures([figure({ count: 4 }), figure({ bin: 900, count: -1 })]);
      await suite.store.addFigures([]);
      assert.deepEqual(await ask(), [figure({ bin: -1 }), figure({ count: 7 })]);
    });

    it('may be taken back before they are there, as after a crash', async () => {
      await suite.store.addFigures([figure({ count: -1 })]);
      assert.deepEqual(await ask(), [figure({ count: -1 })]);
      await suite.store.addFigures([figure()]);
      assert.deepEqual(await ask(), []);
    });

    it('lose nothing to writers that add at once', async () => {
      const writes = Array.from({ length: 50 }, () => suite.store.addFigures([figure(), figure({ bin: 8 })]));
      await Promise.all(writes);
      assert.deepEqual(await ask(), [figure({ count: 50 }), figure({ bin: 8, count: 50 })]);
    });

    it('are told by hour, from the first to before the last, or added up over the hours', async () => {
      const hours = [-1, 0, 1, 2].map(index => figure({ hour: hour + index * hourMs, count: index + 2 }));
      await suite.store.addFigures(hours);
      const period = { from: hour, to: hour + 2 * hourMs };
      assert.deepEqual(await ask({ ...period, byHour: true }), [hours[1], hours[2]]);
      assert.deepEqual(await ask(period), [figure({ count: 5 })]);
      assert.deepEqual(await ask({ from: hour + 3 * hourMs, to: hour + 4 * hourMs }), []);
    });

    it('are told of one channel, of one business, of some names', async () => {
      const all = [
        figure({ channel: 'acs', name: 'a' }),
        figure({ business: 'b1', name: 'a' }),
        figure({ business: 'b1', name: "failed:x' OR 1" }),
        figure({ business: 'b2', name: 'a' }),
      ];
      await suite.store.addFigures(all);
      assert.deepEqual(await ask(), all);
      assert.deepEqual(await ask({ channel: 'acs' }), [all[0]]);
      assert.deepEqual(await ask({ business: 'b2' }), [all[3]]);
      assert.deepEqual(await ask({ channel: 'acs', business: 'b2' }), []);
      assert.deepEqual(await ask({ names: ["failed:x' OR 1", 'b'] }), [all[2]]);
      assert.deepEqual(await ask({ names: [] }), []);
    });
  });

  describe('stuck messages', () => {
    /** Sends a message that the provider takes so long after `now`; answers the provider's id. */
    async function send(name: string, afterMs: number, business = 'b1'): Promise<string> {
      const inbound = message(`in-${name}`, { business, customer: name });
      const { admitted } = await suite.admit(admission(inbound));
      const { outbound } = await suite.store.addOutbound({
        conversation: String(admitted[0]?.conversation.id),
        content: { type: 'text', text: 'hi' },
        correlation: `k-${name}`,
        now,
        leaseMs,
      });
      const providerId = `wamid.${name}`;
      await suite.store.changeOutbound(outbound.ref, { state: 'sent', providerId }, now + afterMs);
      return providerId;
    }
    async function report(
      providerId: string,
      means: Acknowledgement['means'],
      over: Partial<Acknowledgement> = {},
    ) {
      const acknowledgement = {
        channel: 'meta',
        business: 'b1',
        providerId,
        status: means,
        means,
        at: now + 5000,
        ...over,
      } as const;
      const ledger = { entries: [{ acknowledgement }], shared: true };
      const { acknowledged } = await suite.store.admit(batch([], { ledger }));
      assert.equal(acknowledged?.[0]?.what, 'applied', means);
    }
    const stuck = async (from = now, to = now + hourMs) => {
      const { counts, more } = await suite.store.stuck({ from, to, lookAt: 100 });
      assert.equal(more, false);
      return known(counts);
    };

    it('are those of a time that neither arrived nor failed nor were taken back, by business', async () => {
      await send('a', 0);
      await report(await send('b', 1), 'sent');
      await report(await send('c', 2), 'unknown');
      await report(await send('d', 3), 'delivered');
      await report(await send('e', 4), 'read');
      await report(await send('f', 5), 'failed', { failures: [{ code: '131026' }] });
      await report(await send('g', 6), 'revoked');
      await send('h', 7, 'b2');
      await suite.reopen();
      assert.deepEqual(await stuck(), [
        { channel: 'meta', business: 'b1', count: 3 },
        { channel: 'meta', business: 'b2', count: 1 },
      ]);
    });

    it('are looked for from the first moment to before the last', async () => {
      await send('a', 0);
      await send('b', 1000);
      await send('c', 2000);
      const counts = async (from: number, to: number) => (await stuck(from, to)).map(({ count }) => count);
      assert.deepEqual(await counts(now, now + 2000), [2]);
      assert.deepEqual(await counts(now + 1, now + 2001), [2]);
      assert.deepEqual(await counts(now + 2001, now + hourMs), []);
    });

    it('are looked for among so many of the latest, and it is said that there are more', async () => {
      await send('a', 0);
      await send('b', 1, 'b2');
      await send('c', 2, 'b2');
      await report(await send('d', 3), 'failed', { failures: [{ code: '131026' }] });
      await report(await send('e', 4), 'delivered');
      const among = async (lookAt: number, from = now) =>
        known(await suite.store.stuck({ from, to: now + hourMs, lookAt }));
      const b2 = (count: number) => ({ channel: 'meta', business: 'b2', count });
      assert.deepEqual(await among(1), { counts: [], more: true });
      assert.deepEqual(await among(2), { counts: [b2(1)], more: true });
      assert.deepEqual(await among(3), { counts: [b2(2)], more: true });
      assert.deepEqual(await among(3, now + 1), { counts: [b2(2)], more: false });
      const b1 = { channel: 'meta', business: 'b1', count: 1 };
      assert.deepEqual(await among(4), { counts: [b1, b2(2)], more: false });
    });

    it('are not those of another sender, nor those that the provider does not have', async () => {
      await send('a', 0);
      await report('wamid.other', 'sent', { customer: 'somebody' });
      const { admitted } = await suite.admit(admission(message('w9', { customer: 'waits' })));
      await suite.store.addOutbound({
        conversation: String(admitted[0]?.conversation.id),
        content: { type: 'text', text: 'hi' },
        correlation: 'k-waits',
        now,
        leaseMs,
      });
      assert.deepEqual(await stuck(), [{ channel: 'meta', business: 'b1', count: 1 }]);
    });
  });
}
