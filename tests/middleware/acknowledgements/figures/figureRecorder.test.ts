import assert from 'node:assert/strict';
import {
  type FigureOwner,
  FigureRecorder,
} from '../../../../middleware/acknowledgements/figures/figureRecorder.ts';
import { binOf } from '../../../../middleware/acknowledgements/figures/sketch.ts';
import type { FigureCount, LedgerMove, Store } from '../../../../middleware/ports.ts';
import { openSqliteStore } from '../../../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemScheduler } from '../../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../../support/fakeTime.ts';
import { conversation, hour, move, state, sums } from './samples.ts';

describe('the recorder of figures', () => {
  const of: FigureOwner = { channel: 'meta', business: 'b1' };
  let time: FakeTime;
  let store: Store;
  let log: ReturnType<typeof quietLog>;
  let recorder: FigureRecorder;
  /** Rows of each write. */
  let writes: number[];
  /** Set where the store is to fail. */
  let away: boolean;
  let watched: (number | readonly FigureCount[])[];

  beforeEach(async () => {
    time = fakeTime(hour);
    store = await openSqliteStore({ path: ':memory:', thread: false });
    log = quietLog();
    writes = [];
    away = false;
    watched = [];
    recorder = new FigureRecorder({
      store: {
        async addFigures(counts) {
          if (away) throw new Error('the disk is gone');
          writes.push(counts.length);
          await store.addFigures(counts);
        },
      },
      scheduler: systemScheduler,
      log,
      watcher: {
        accepted: (_of, at) => void watched.push(at),
        moved: (_move: LedgerMove, figures) => void watched.push(figures),
      },
    });
  });
  afterEach(async () => {
    await recorder.stop();
    await store.close();
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });

  const kept = async () => sums(await store.figures({ from: 0, to: hour * 2 }));

  it('writes a second after the first, all at once, and has no timer while there is nothing', async () => {
    assert.equal(time.pending(), 0);
    recorder.moved(move({ at: { delivered: 5 } }));
    await time.pass(600);
    recorder.moved(move({ at: { delivered: 6 } }));
    recorder.moved(move({ at: { read: 6 } }));
    assert.equal(time.pending(), 1);
    await time.pass(399);
    assert.deepEqual(writes, []);
    await time.pass(1);
    assert.deepEqual(writes, [2]);
    assert.deepEqual(await kept(), { 'delivered 0': 2, 'read 0': 1 });
    assert.equal(time.pending(), 0);
  });

  it('writes nothing of what was taken back meanwhile', async () => {
    const delivered = state({ at: { delivered: 1000 } });
    const answered = state({ at: { delivered: 1000 }, repliedAt: 2000 });
    recorder.moved(move(answered, { before: delivered }));
    recorder.moved(move({ at: { delivered: 1000, read: 1500 }, repliedAt: 2000 }, { before: answered }));
    await recorder.flush();
    assert.deepEqual(await kept(), { 'read 0': 1, 'readWithin60s 0': 1 });
    assert.deepEqual(writes, [2]);
  });

  it('counts whatever else is reported, in its hour', async () => {
    recorder.accepted({ ref: 'o1', conversation, at: hour + 1000 });
    recorder.receiptSent(of, hour - 500, hour + 1500);
    recorder.refused(of, 'window_closed', hour);
    recorder.counted('repeat', of, hour);
    recorder.counted('repeat', of, hour);
    recorder.counted('quarantined', of, hour);
    const ended = { ...of, type: 'message.escalated', at: hour, message: 'o1', conversation: 'c_1' } as const;
    recorder.escalated({ ...ended, state: 'escalated', way: 'sms', possiblyDoubled: false });
    recorder.escalated({ ...ended, state: 'cancelled', possiblyDoubled: false });
    recorder.escalated({ ...ended, state: 'failed', way: 'hook', possiblyDoubled: true });
    await recorder.flush();
    assert.deepEqual(await kept(), {
      'accepted 0': 1,
      [`receiptWait ${binOf(2000)}`]: 1,
      'refused:window_closed 0': 1,
      'repeat 0': 2,
      'quarantined 0': 1,
      'escalation:escalated 0': 1,
      'escalation:escalated:sms 0': 1,
      'escalation:cancelled 0': 1,
      'escalation:failed 0': 1,
    });
    const before = await store.figures({ from: 0, to: hour });
    assert.deepEqual(sums(before), { [`receiptWait ${binOf(2000)}`]: 1 });
  });

  it('has what the customer waited for a first reply, and felt when it is delivered', async () => {
    recorder.accepted({ ref: 'o1', conversation, at: hour + 1000, waitingSince: hour - 3000 });
    recorder.accepted({ ref: 'o2', conversation, at: hour + 1000 });
    const at = { sent: 10_000, delivered: 12_000 };
    recorder.moved(move({ at }, { ref: 'o1' }));
    recorder.moved(move({ at }, { ref: 'o2' }));
    recorder.moved(move({ at: { ...at, delivered: 11_000 } }, { ref: 'o1', before: state({ at }) }));
    await recorder.flush();
    assert.deepEqual(await kept(), {
      'accepted 0': 2,
      [`replyWait ${binOf(4000)}`]: 1,
      'delivered 0': 2,
      [`delivery ${binOf(1000)}`]: 1,
      [`delivery ${binOf(2000)}`]: 1,
      [`perceived ${binOf(5000)}`]: 1,
    });
  });

  it('remembers the latest 10,000 first replies', async () => {
    for (let reply = 0; reply <= 10_000; reply += 1)
      recorder.accepted({ ref: `o${reply}`, conversation, at: hour, waitingSince: hour });
    for (const ref of ['o0', 'o1']) recorder.moved(move({ at: { sent: 1, delivered: 1 } }, { ref }));
    await recorder.flush();
    const perceived = Object.entries(await kept()).filter(([name]) => name.startsWith('perceived'));
    assert.deepEqual(
      perceived.map(([, count]) => count),
      [1],
    );
  });

  it('keeps what could not be written, and writes it with the next', async () => {
    away = true;
    recorder.moved(move({ at: { delivered: 5 } }));
    await time.pass(1500);
    recorder.moved(move({ at: { delivered: 5 } }));
    await time.pass(1000);
    assert.deepEqual(
      log.lines.map(({ level, message }) => [level, message]),
      Array(2).fill(['warn', 'Figures could not be written: they go with the next']),
    );
    away = false;
    await time.pass(1000);
    assert.deepEqual([await kept(), writes], [{ 'delivered 0': 2 }, [1]]);
  });

  it('has written everything when a flush resolves, also what another was writing', async () => {
    recorder.moved(move({ at: { delivered: 5 } }));
    const first = recorder.flush();
    recorder.moved(move({ at: { read: 5 } }));
    await recorder.flush();
    assert.deepEqual(await kept(), { 'delivered 0': 1, 'read 0': 1 });
    await first;
  });

  it('writes what there is when it stops, and sets no timer any more', async () => {
    recorder.moved(move({ at: { delivered: 5 } }));
    await recorder.stop();
    assert.deepEqual(await kept(), { 'delivered 0': 1 });
    recorder.moved(move({ at: { read: 5 } }));
    assert.equal(time.pending(), 0);
    await recorder.flush();
    assert.deepEqual(await kept(), { 'delivered 0': 1, 'read 0': 1 });
  });

  it('shows its watcher each acceptance, and each move with its figures', () => {
    recorder.accepted({ ref: 'o1', conversation, at: hour + 7 });
    recorder.moved(move({ at: { delivered: 5 } }));
    assert.deepEqual(watched, [
      hour + 7,
      [{ channel: 'meta', business: 'b1', hour, name: 'delivered', bin: 0, count: 1 }],
    ]);
  });
});
