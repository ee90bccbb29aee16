import assert from 'node:assert/strict';
import { Ledger } from '../../../middleware/acknowledgements/ledger.ts';
import { BluetickError } from '../../../middleware/errors.ts';
import type { LedgerEvent, Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { silence } from '../../../middleware/telemetry/telemetry.ts';
import { systemClock, systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import { conversation, hour, move } from './figures/samples.ts';

const second = 1000;
const minute = 60 * second;
const url = 'https://hooks.example/told';

describe('the ledger, of an alarm', () => {
  let time: FakeTime;
  let store: Store;
  let log: ReturnType<typeof quietLog>;
  let ledger: Ledger;
  let told: LedgerEvent[];
  /** How the next calls that keep web hooks go wrong. */
  let failures: unknown[];
  /** What a call that keeps web hooks waits for. */
  let held: Promise<void> | undefined;

  beforeEach(async () => {
    time = fakeTime(hour);
    store = await openSqliteStore({ path: ':memory:', thread: false });
    log = quietLog();
    failures = [];
    held = undefined;
    told = [];
    ledger = new Ledger({
      store: {
        ...store,
        async addHooks(...args) {
          await held;
          if (failures.length > 0) throw failures.shift();
          return await store.addHooks(...args);
        },
      },
      clock: systemClock,
      scheduler: systemScheduler,
      log,
      hooks: [url],
      meters: silence,
    });
    ledger.subscribe(event => {
      if (event.type === 'alarm.velocity') told.push(event);
    });
    ledger.start();
  });
  afterEach(async () => {
    await ledger.stop();
    await store.close();
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });

  /** Messages of ours are delivered four minutes after they were sent: within a minute, that is an alarm. */
  async function beSlow(): Promise<void> {
    const at = Date.now() - 4 * minute;
    for (let each = 0; each < 30; each += 1) {
      ledger.accepted({ ref: `o${each}`, conversation, at });
      ledger.moved(
        move({ at: { sent: at, delivered: at + 4 * minute } }, { ref: `o${each}`, acceptedAt: at }),
      );
    }
    await time.pass(minute);
  }
  const kept = async () =>
    (await store.claimHooks(Number.MAX_SAFE_INTEGER, 10, 0)).hooks.map(hook => [hook.url, hook.event]);
  const away = () => new BluetickError('store_unavailable', 'The store cannot be written');

  it('keeps a web hook, and tells who listens', async () => {
    await beSlow();
    const [alarm] = told;
    assert.deepEqual(alarm?.type === 'alarm.velocity' && [told.length, alarm.raised, alarm.business], [
      1,
      true,
      'b1',
    ]);
    assert.deepEqual(await kept(), [[url, alarm]]);
  });

  it('tells nobody before the web hook is kept, which is tried again while the store is away', async () => {
    failures = [away(), away()];
    await beSlow();
    assert.deepEqual([told, await kept()], [[], []]);
    await time.pass(2 * second);
    assert.equal(told.length, 1);
    assert.deepEqual(await kept(), [[url, told[0]]]);
    assert.ok(log.lines.every(({ level }) => level !== 'error'));
  });

  it('tells who listens, and the log, also where the store does not take it at all', async () => {
    failures = [new Error('broken')];
    await beSlow();
    assert.deepEqual([told.length, await kept()], [1, []]);
    assert.deepEqual(
      log.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
      ['The web hooks of an alarm could not be kept'],
    );
  });

  it('waits when it stops until a web hook that is under way is kept', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    await beSlow();
    let stopped = false;
    const stopping = ledger.stop().then(() => {
      stopped = true;
    });
    await time.settle();
    assert.equal(stopped, false);
    resolve();
    await stopping;
    assert.deepEqual(await kept(), [[url, told[0]]]);
  });

  it('asks a store that is away once more when it stops, and then stops', async () => {
    failures = [away()];
    await beSlow();
    await ledger.stop();
    assert.deepEqual(await kept(), [[url, told[0]]]);
  });

  it('stops also where the store stays away', async () => {
    failures = [away(), away(), away()];
    await beSlow();
    await ledger.stop();
    assert.deepEqual([told.length, await kept()], [1, []]);
  });
});
