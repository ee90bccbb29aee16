import assert from 'node:assert/strict';
import { Figures } from '../../../../middleware/acknowledgements/figures/figures.ts';
import { insightsOf } from '../../../../middleware/acknowledgements/figures/insights.ts';
import type { VelocityAlarm } from '../../../../middleware/acknowledgements/figures/velocityMonitor.ts';
import type { FigureQuery, LedgerMove, Store } from '../../../../middleware/ports.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock, systemScheduler } from '../../../../middleware/timing/systemClock.ts';
import { admission, batch, message } from '../../../contract/storeSamples.ts';
import { quietLog } from '../../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../../support/fakeTime.ts';
import { conversation, hour, move, state } from './samples.ts';

const minute = 60_000;
const hourMs = 60 * minute;
const nothing = { count: 0, p50: null, p95: null, p99: null };

describe('insights', () => {
  let time: FakeTime;
  let store: Store;
  let figures: Figures;
  let alarms: VelocityAlarm[];
  /** What the store was asked for. */
  let asked: FigureQuery[];

  beforeEach(async () => {
    time = fakeTime(hour + 30 * minute);
    store = await openSqliteStore({ path: ':memory:', thread: false });
    alarms = [];
    asked = [];
    figures = new Figures({
      store: {
        ...store,
        figures(query) {
          asked.push(query);
          return store.figures(query);
        },
      },
      clock: systemClock,
      scheduler: systemScheduler,
      log: quietLog(),
      onAlarm: alarm => void alarms.push(alarm),
    });
    figures.start();
    await time.settle();
    asked = [];
  });
  afterEach(async () => {
    await figures.stop();
    await store.close();
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });

  const of = (business: string) => ({ ...conversation, business });
  /** A message of ours is accepted, and this becomes of it. */
  const send = (ref: string, after: Partial<LedgerMove['after']>, over: Partial<LedgerMove> = {}) => {
    const moved = move(after, { ref, acceptedAt: Date.now(), ...over });
    figures.recorder.accepted({ ref, conversation: moved.conversation, at: moved.acceptedAt });
    figures.recorder.moved(moved);
  };
  const about = (found: number | null | undefined, wanted: number) =>
    assert.ok(found != null && Math.abs(found - wanted) <= 0.01 * wanted, `${found} ≠ ${wanted}`);

  it('are what a hand would count', async () => {
    const { recorder } = figures;
    recorder.receiptSent(of('b1'), hour + 1000, hour + 1700);
    recorder.accepted({ ref: 'o0', conversation, at: hour + 9000, waitingSince: hour + 1000 });
    recorder.moved(
      move({ at: { sent: 9000, delivered: 11_000, read: 40_000 } }, { ref: 'o0', acceptedAt: hour + 9000 }),
    );
    send('o1', { at: { sent: 1000, delivered: 5000, read: 90_000 } });
    send('o2', { at: { sent: 1000, delivered: 3000 }, repliedAt: 60_000 });
    send('o3', { at: { sent: 1000 }, failures: [{ code: '131026', at: 2000 }] });
    send('o4', { at: { sent: 1000, delivered: 500_000, played: 500_001, read: 500_000 } });
    recorder.refused(of('b1'), 'window_closed', hour);
    recorder.counted('repeat', of('b1'), hour);
    const ended = {
      ...of('b1'),
      type: 'message.escalated',
      at: hour,
      message: 'o3',
      conversation: 'c_1',
    } as const;
    recorder.escalated({ ...ended, state: 'escalated', way: 'voice', possiblyDoubled: false });

    const found = await figures.insights();
    assert.deepEqual(found.period, { from: hour - 24 * hourMs, to: hour + hourMs });
    assert.deepEqual(found.messages, {
      accepted: 5,
      delivered: 4,
      read: 3,
      impliedRead: 1,
      played: 1,
      failed: 1,
    });
    assert.deepEqual([found.readWithin60s, found.silentReaderShare], [2 / 3, 1 / 4]);
    assert.deepEqual([found.failures, found.refused], [{ '131026': 1 }, { window_closed: 1 }]);
    assert.deepEqual(found.escalations, {
      escalated: 1,
      cancelled: 0,
      failed: 0,
      by: { sms: 0, voice: 1, hook: 0 },
    });
    assert.deepEqual(found.statuses, { repeat: 1, orphan: 0, quarantined: 0 });
    // Of 2, 2, 4 and 499 s, rank ⌊0.5·3⌋ = 1 and ⌊0.99·3⌋ = 2.
    assert.equal(found.delivery.count, 4);
    about(found.delivery.p50, 2000);
    about(found.delivery.p99, 4000);
    about(found.reading.p50, 89_000);
    about(found.receiptWait.p50, 700);
    about(found.replyWait.p50, 8000);
    about(found.perceived.p50, 10_000);
    const [business, ...others] = found.businesses;
    assert.deepEqual([business?.channel, business?.business, others], ['meta', 'b1', []]);
    assert.deepEqual(business?.delivery, found.delivery);
    assert.equal(business?.velocity?.recentCount, 4);
    assert.equal('hours' in found, false);
  });

  it('have nothing where nothing was counted', async () => {
    const found = await figures.insights();
    assert.deepEqual(
      [found.delivery, found.readWithin60s, found.silentReaderShare, found.stuck, found.businesses],
      [nothing, null, null, 0, []],
    );
  });

  it('are told of each business, and of one alone', async () => {
    send('o1', { at: { sent: 0, delivered: 2000 } });
    send('o2', { at: { sent: 0, delivered: 8000 } }, { conversation: of('b2') });
    send('o3', { at: { sent: 0, delivered: 8000 } }, { conversation: { ...of('b2'), channel: 'acs' } });
    const found = await figures.insights();
    assert.deepEqual(
      found.businesses.map(({ channel, business, messages }) => [channel, business, messages.delivered]),
      [
        ['acs', 'b2', 1],
        ['meta', 'b1', 1],
        ['meta', 'b2', 1],
      ],
    );
    assert.equal(found.messages.delivered, 3);
    const one = await figures.insights({ channel: 'meta', business: 'b2' });
    assert.deepEqual(one.businesses, [found.businesses[2]]);
    about(one.delivery.p50, 8000);
    assert.equal((await figures.insights({ business: 'b2' })).businesses.length, 2);
    assert.equal((await figures.insights({ business: 'b3' })).businesses.length, 0);
  });

  it('are told hour by hour, if asked, with the hours added up beside', async () => {
    send('o1', { at: { sent: 0, delivered: 1000 } }, { acceptedAt: hour - 2 * hourMs });
    send('o2', { at: { sent: 0, delivered: 9000 } });
    const found = await figures.insights({ byHour: true });
    assert.deepEqual(
      found.hours?.map(each => [each.hour, each.messages.delivered, each.delivery.count]),
      [
        [hour - 2 * hourMs, 1, 1],
        [hour, 1, 1],
      ],
    );
    about(found.hours?.[1]?.delivery.p50, 9000);
    assert.equal(found.delivery.count, 2);
  });

  it('are of whole hours: from the beginning of the first to the end of the last', async () => {
    send('o1', { at: { delivered: 1 } }, { acceptedAt: hour - 1 });
    send('o2', { at: { delivered: 1 } }, { acceptedAt: hour });
    const delivered = async (from: number, to: number) => {
      const { period, messages } = await figures.insights({ from, to });
      return [(period.from - hour) / hourMs, (period.to - hour) / hourMs, messages.delivered];
    };
    assert.deepEqual(await delivered(hour, hour + 1), [0, 1, 1]);
    assert.deepEqual(await delivered(hour - 1, hour), [-1, 0, 1]);
    assert.deepEqual(await delivered(hour - 1, hour + 1), [-1, 1, 2]);
  });

  it('read a long period piece by piece, so that the store does other work in between', async () => {
    await figures.insights({ from: hour - 31 * 24 * hourMs, to: hour });
    assert.equal(asked.length, 31 * 4);
    assert.ok(asked.every(({ from, to }) => to - from === 6 * hourMs));
    asked = [];
    await figures.insights({ from: hour, to: hour + 7 * hourMs });
    assert.deepEqual(
      asked.map(({ from, to }) => [(from - hour) / hourMs, (to - hour) / hourMs]),
      [
        [0, 6],
        [6, 7],
      ],
    );
  });

  it('refuse a period that makes no sense, and say which field', async () => {
    const day = 24 * hourMs;
    const refused = [
      [{ from: hour, to: hour }, 'from'],
      [{ from: -1 }, 'from'],
      [{ from: Number.NaN }, 'from'],
      [{ to: 1.5 }, 'to'],
      [{ from: hour - 32 * day, to: hour }, 'from'],
      [{ from: hour - 8 * day, to: hour, byHour: true }, 'from'],
      [{ stuckAfterMs: -1 }, 'stuckAfterMs'],
      [{ stuckAfterMs: day + 1 }, 'stuckAfterMs'],
    ] as const;
    for (const [query, field] of refused)
      await assert.rejects(figures.insights(query), { code: 'invalid_request', field });
    await figures.insights({ from: hour - 8 * day, to: hour });
    await figures.insights({ from: hour - 7 * day, to: hour, byHour: true });
  });

  it('count what is stuck now, after five minutes or as is asked, whatever the period', async () => {
    const now = Date.now();
    const { admitted } = await store.admit(batch([admission(message('w1'))]));
    const id = String(admitted[0]?.conversation.id);
    for (const agoMs of [6 * minute, 4 * minute, 25 * hourMs]) {
      const content = { type: 'text', text: 'hi' } as const;
      const request = { conversation: id, content, correlation: `k${agoMs}`, now: now - agoMs, leaseMs: 0 };
      const { outbound } = await store.addOutbound(request);
      const sent = { state: 'sent', providerId: `wamid.${agoMs}` } as const;
      await store.changeOutbound(outbound.ref, sent, now - agoMs);
    }
    const stuck = async (query: object) => {
      const { stuck: total, businesses } = await figures.insights(query);
      return [total, ...businesses.map(each => each.stuck)];
    };
    assert.deepEqual(await stuck({}), [1, 1]);
    assert.deepEqual(await stuck({ from: 0, to: 1 }), [1, 1]);
    assert.deepEqual(await stuck({ stuckAfterMs: 3 * minute }), [2, 2]);
    assert.deepEqual(await stuck({ stuckAfterMs: 0, business: 'b2' }), [0]);
  });

  it('look at ten thousand messages that have not arrived, and say where there are more', async () => {
    const { admitted } = await store.admit(batch([admission(message('w1'))]));
    const conversation = String(admitted[0]?.conversation.id);
    const now = Date.now() - 10 * minute;
    const send = async (each: number) => {
      const content = { type: 'text', text: 'hi' } as const;
      const request = { conversation, content, correlation: `k${each}`, now, leaseMs: 0 };
      const { outbound } = await store.addOutbound(request);
      await store.changeOutbound(outbound.ref, { state: 'sent', providerId: `wamid.${each}` }, now);
    };
    for (let sent = 0; sent < 10_000; sent += 1000)
      await Promise.all(Array.from({ length: 1000 }, (_, each) => send(sent + each)));
    const ask = async () => {
      const { stuck, moreStuck } = await figures.insights();
      return [stuck, moreStuck];
    };
    assert.deepEqual(await ask(), [10_000, false]);
    await send(10_000);
    assert.deepEqual(await ask(), [10_000, true]);
  }).timeout(20_000);

  it('take less than nothing, as a crash may leave it, for nothing', async () => {
    const figure = { channel: 'meta', business: 'b1', hour, bin: 0 } as const;
    await store.addFigures([
      { ...figure, name: 'impliedRead', count: -1 },
      { ...figure, name: 'readWithin60s', count: 2 },
      { ...figure, name: 'read', count: 1 },
      { ...figure, name: 'delivery', count: -1 },
    ]);
    const found = await insightsOf(store, {}, Date.now());
    assert.deepEqual(
      [found.messages.impliedRead, found.silentReaderShare, found.readWithin60s, found.delivery],
      [0, 0, 1, nothing],
    );
    assert.equal(found.businesses[0]?.velocity, null);
  });

  it('have the alarm of a business that is slow', async () => {
    const before = state({});
    for (let each = 0; each < 20; each += 1)
      send(`o${each}`, { at: { sent: 0, delivered: 400_000 } }, { before });
    await time.pass(minute);
    assert.deepEqual(
      alarms.map(({ business, raised }) => [business, raised]),
      [['b1', true]],
    );
    assert.equal((await figures.insights()).businesses[0]?.velocity?.slow, true);
  });
});
