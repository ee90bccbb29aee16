import assert from 'node:assert/strict';
import { figuresOf } from '../../../../middleware/acknowledgements/figures/figuresOf.ts';
import { binOf } from '../../../../middleware/acknowledgements/figures/sketch.ts';
import {
  type VelocityAlarm,
  VelocityMonitor,
} from '../../../../middleware/acknowledgements/figures/velocityMonitor.ts';
import type { LedgerMove, LedgerState, Store } from '../../../../middleware/ports.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock, systemScheduler } from '../../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../../support/fakeTime.ts';
import { conversation, hour, move, state } from './samples.ts';

const minute = 60_000;
const hourMs = 60 * minute;

describe('the watch over how fast messages arrive', () => {
  let time: FakeTime;
  let store: Store;
  let log: ReturnType<typeof quietLog>;
  let alarms: VelocityAlarm[];
  let monitor: VelocityMonitor;
  const begin = () => {
    monitor = new VelocityMonitor({
      store,
      clock: systemClock,
      scheduler: systemScheduler,
      log,
      onAlarm: alarm => void alarms.push(alarm),
    });
    monitor.start();
  };

  beforeEach(async () => {
    time = fakeTime(hour);
    store = await openSqliteStore({ path: ':memory:', thread: false });
    log = quietLog();
    alarms = [];
    begin();
  });
  afterEach(async () => {
    await monitor.stop();
    await store.close();
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });

  const of = (business: string) => ({ ...conversation, business });
  /** What a status tells of a message that was accepted so many milliseconds ago. */
  const tell = (after: Partial<LedgerState>, agoMs: number, over: Partial<LedgerMove> = {}) => {
    const moved = move(after, { acceptedAt: Date.now() - agoMs, ...over });
    monitor.moved(moved, figuresOf(moved));
  };
  const accept = (count: number, business = 'b1') => {
    for (let each = 0; each < count; each += 1) monitor.accepted(of(business), Date.now());
  };
  /** So many messages are delivered now, each after so long. */
  const deliver = (count: number, tookMs: number, business = 'b1') => {
    const at = { sent: 1_000_000, delivered: 1_000_000 + tookMs };
    for (let each = 0; each < count; each += 1) tell({ at }, tookMs, { conversation: of(business) });
  };
  /** A business whose messages took 2 s for some hours. */
  const usual = async (business = 'b1') => {
    for (let each = 0; each < 6; each += 1) {
      deliver(10, 2000, business);
      await time.pass(hourMs / 2);
    }
  };
  const told = () => alarms.map(({ business, raised }) => `${business} ${raised ? 'raised' : 'cleared'}`);

  it('tells once when deliveries become slow, and once when they are well again', async () => {
    await usual();
    deliver(30, 9000);
    await time.pass(2 * minute);
    assert.deepEqual(told(), []);
    deliver(90, 40_000);
    await time.pass(minute);
    const [alarm] = alarms;
    assert.ok(alarm !== undefined);
    assert.deepEqual(
      { ...alarm, recentMs: 0, baselineMs: 0 },
      {
        at: Date.now(),
        channel: 'meta',
        business: 'b1',
        type: 'alarm.velocity',
        raised: true,
        recentMs: 0,
        baselineMs: 0,
      },
    );
    assert.ok(Math.abs(alarm.recentMs - 40_000) <= 400 && Math.abs(alarm.baselineMs - 2000) <= 20);
    for (let each = 0; each < 10; each += 1) {
      deliver(5, 40_000);
      await time.pass(minute);
    }
    assert.deepEqual(told(), ['b1 raised']);
    await time.pass(20 * minute);
    deliver(20, 5200);
    await time.pass(minute);
    assert.deepEqual(told(), ['b1 raised'], 'it is still more than twice the usual, and more than 5 s');
    deliver(40, 3000);
    await time.pass(5 * minute);
    assert.deepEqual(told(), ['b1 raised', 'b1 cleared']);
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['Deliveries have become slow', 'Deliveries are no longer slow'],
    );
    assert.ok(log.lines.every(({ fields }) => !('business' in fields)));
  });

  it('says nothing of fewer than 20 messages', async () => {
    await usual();
    deliver(19, 600_000);
    await time.pass(5 * minute);
    assert.deepEqual(told(), []);
    deliver(1, 600_000);
    await time.pass(minute);
    assert.deepEqual(told(), ['b1 raised']);
  });

  it('takes messages that do not arrive at all for slow ones, after 5 minutes', async () => {
    await usual();
    accept(30);
    await time.pass(5 * minute);
    assert.deepEqual(told(), []);
    await time.pass(2 * minute);
    assert.deepEqual(told(), ['b1 raised']);
    assert.ok(Math.abs(Number(alarms[0]?.recentMs) - 5 * minute) <= 3000);
    await time.pass(60 * minute);
    assert.deepEqual(told(), ['b1 raised'], 'silence is no good news');
    accept(1);
    deliver(1, 2000);
    await time.pass(minute);
    assert.deepEqual(told(), ['b1 raised', 'b1 cleared']);
  });

  it('does not wait for what arrived, failed or was taken back', async () => {
    await usual();
    accept(40);
    await time.pass(1000);
    for (let each = 0; each < 10; each += 1) {
      tell({ at: { read: 5000 } }, 1000);
      tell({ failures: [{ code: '131026', at: 5000 }] }, 1000);
      tell({ revokedAt: 5000 }, 1000);
    }
    await time.pass(7 * minute);
    assert.deepEqual(told(), [], 'ten wait');
    await time.pass(20 * minute);
    accept(20);
    // A message that is settled already settles nothing twice.
    for (let each = 0; each < 10; each += 1)
      tell({ at: { delivered: 4000, read: 5000 } }, 0, { before: state({ at: { delivered: 4000 } }) });
    await time.pass(7 * minute);
    assert.deepEqual(told(), ['b1 raised']);
  });

  it('is not alarmed where less than half do not arrive, as where phones are off', async () => {
    await usual();
    accept(60);
    await time.pass(2000);
    deliver(30, 2000);
    await time.pass(20 * minute);
    assert.deepEqual(told(), []);
    accept(61);
    await time.pass(2000);
    deliver(30, 2000);
    await time.pass(10 * minute);
    assert.deepEqual(told(), ['b1 raised']);
  });

  it('counts neither a corrected time twice nor another sender’s messages', async () => {
    await usual();
    const before = state({ at: { sent: 1000, delivered: 999_000 } });
    for (let each = 0; each < 40; each += 1) {
      tell({ at: { sent: 1000, delivered: 800_000 } }, 0, { before });
      tell({ at: { sent: 1000, delivered: 800_000 } }, 0, { origin: 'other' });
    }
    await time.pass(5 * minute);
    assert.deepEqual(told(), []);
    assert.equal(monitor.velocities()[0]?.recentCount, 0);
  });

  it('compares a business without a past with one whose median is a minute', async () => {
    deliver(20, 170_000);
    await time.pass(minute);
    assert.deepEqual(told(), []);
    assert.deepEqual(
      [monitor.velocities()[0]?.baselineMs, monitor.velocities()[0]?.baselineCount],
      [60_000, 0],
    );
    deliver(40, 190_000);
    await time.pass(minute);
    assert.deepEqual(told(), ['b1 raised']);
  });

  it('knows businesses apart', async () => {
    await usual('b1');
    await usual('b2');
    deliver(30, 60_000, 'b2');
    deliver(30, 2000, 'b1');
    await time.pass(minute);
    assert.deepEqual(told(), ['b2 raised']);
    assert.deepEqual(
      monitor.velocities().map(({ business, slow, recentCount }) => [business, slow, recentCount]),
      [
        ['b1', false, 30],
        ['b2', true, 30],
      ],
    );
  });

  it('takes up what earlier processes counted', async () => {
    await monitor.stop();
    const figure = { channel: 'meta', business: 'b1', name: 'delivery', bin: binOf(2000) } as const;
    await store.addFigures([
      { ...figure, hour: hour - 24 * hourMs, count: 30 },
      { ...figure, hour, count: 12 },
      { ...figure, hour: hour - 25 * hourMs, bin: binOf(1e9), count: 500 },
      { ...figure, hour, name: 'reading', bin: binOf(1e9), count: 500 },
    ]);
    begin();
    await time.settle();
    const [velocity] = monitor.velocities();
    assert.equal(velocity?.baselineCount, 42);
    deliver(20, 20_000);
    await time.pass(minute);
    assert.deepEqual(told(), ['b1 raised']);
  });

  it('begins without them where the store cannot be read', async () => {
    await monitor.stop();
    await store.close();
    begin();
    await time.settle();
    assert.deepEqual(
      log.lines.map(({ message }) => message),
      ['The figures of the last day could not be read'],
    );
    deliver(20, 200_000);
    await time.pass(minute);
    assert.deepEqual(told(), ['b1 raised']);
    store = await openSqliteStore({ path: ':memory:', thread: false });
  });

  it('compares with what was before, however long it is slow, up to a day', async () => {
    await usual();
    for (let each = 0; each < 23; each += 1) {
      deliver(100, 40_000);
      await time.pass(hourMs);
    }
    assert.deepEqual(told(), ['b1 raised']);
    assert.ok(Math.abs(Number(monitor.velocities()[0]?.baselineMs) - 2000) <= 20);
    for (let each = 0; each < 5; each += 1) {
      deliver(100, 40_000);
      await time.pass(hourMs);
    }
    assert.deepEqual(told(), ['b1 raised', 'b1 cleared'], 'after a day, it is what is usual');
  });

  it('compares with the last day only, and forgets a business of which nothing came since', async () => {
    await usual('b1');
    await time.pass(25 * hourMs);
    deliver(1, 2000, 'b2');
    await time.pass(minute);
    assert.deepEqual(
      monitor.velocities().map(({ business }) => business),
      ['b2'],
    );
  });

  it('has a timer only while something is recent, and none once it is stopped', async () => {
    assert.equal(time.pending(), 0);
    deliver(1, 2000);
    assert.equal(time.pending(), 1);
    await time.pass(15 * minute);
    assert.equal(time.pending(), 1);
    await time.pass(2 * minute);
    assert.equal(time.pending(), 0);
    deliver(1, 2000);
    await monitor.stop();
    assert.equal(time.pending(), 0);
    accept(1);
    assert.equal(time.pending(), 0);
  });
});
