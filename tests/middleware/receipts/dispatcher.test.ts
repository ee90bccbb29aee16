import assert from 'node:assert/strict';
import type { Conversation } from '../../../middleware/domain.ts';
import type { Claim, Store, WorkKind } from '../../../middleware/ports.ts';
import { Dispatcher, leaseMs } from '../../../middleware/receipts/dispatcher.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock, systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';

describe('the dispatcher', () => {
  let time: FakeTime;
  let start: number;
  let store: Store;
  let log: ReturnType<typeof quietLog>;
  let dispatcher: Dispatcher;
  /** When the store was asked for due work, in milliseconds after the start. */
  let asked: number[];
  /** Set where the store is to fail. */
  let away: boolean;
  /** What was begun, as `kind customer@ms`. */
  let begun: string[];
  /** What work does; by default it ends at once and gives its lane back. */
  let work: (kind: WorkKind, conversation: Conversation) => Promise<void>;

  beforeEach(async () => {
    time = fakeTime();
    start = time.now();
    const real = await openSqliteStore({ path: ':memory:', thread: false });
    log = quietLog();
    asked = [];
    begun = [];
    away = false;
    work = async (_kind, { id }) => void (await giveBack(id));
    store = {
      ...real,
      async claimDue(...args) {
        asked.push(Date.now() - start);
        if (away) throw new Error('the disk is gone');
        return real.claimDue(...args);
      },
    };
    const handler = (kind: WorkKind) => async (conversation: Conversation) => {
      begun.push(`${kind} ${conversation.customer}@${Date.now() - start}`);
      await work(kind, conversation);
    };
    dispatcher = new Dispatcher(
      { store, clock: systemClock, scheduler: systemScheduler, log },
      {
        receipt: handler('receipt'),
        turn: handler('turn'),
        outbound: handler('outbound'),
        escalation: handler('escalation'),
      },
    );
  });
  afterEach(async () => {
    await dispatcher.stop();
    await store.close();
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });

  /** Ends the receipts of a conversation, so that nothing of it is due any more. */
  const giveBack = async (id: string) => {
    const changes = (await store.listReceipts(id, 10)).map(({ ref }) => ({
      ref,
      outcome: 'sent' as const,
      because: '',
      at: Date.now(),
    }));
    await store.changeReceipts(id, changes, { now: Date.now(), leaseMs, end: true });
  };
  /** Writes a receipt that is due so many milliseconds after the start; answers what the store gave to do. */
  const owe = async (customer: string, dueMs: number, turn = false): Promise<readonly Claim[]> => {
    const { claims } = await store.admit({
      admissions: [
        {
          message: {
            channel: 'meta',
            business: 'b1',
            customer,
            kind: 'message',
            providerId: `wamid.${customer}`,
            key: customer,
            sentAt: start,
            content: { type: 'text' },
          },
          decidedOn: undefined,
          receipt: { outcome: 'scheduled', dueAt: start + dueMs, because: 'accepted' },
          solo: false,
          expiresAt: undefined,
          characters: 0,
          turn,
        },
      ],
      rejected: [],
      firstHolder: 'bot',
      now: Date.now(),
      leaseMs,
    });
    return claims;
  };

  it('begins with whatever is due, and has no timer left when the leases have ended', async () => {
    await owe('anna', -1);
    await owe('ben', -1);
    // What the store handed out at admission went down with the process that asked.
    await time.pass(leaseMs);
    dispatcher.start();
    await time.settle();
    await time.pass(0);
    assert.deepEqual(begun.toSorted(), [`receipt anna@${leaseMs}`, `receipt ben@${leaseMs}`]);
    await time.pass(leaseMs);
    assert.equal(begun.length, 2);
    assert.equal(time.pending(), 0);
  });

  it('does what falls due later, when it does', async () => {
    await owe('anna', 3000);
    await owe('ben', 1000);
    dispatcher.start();
    await time.pass(5000);
    assert.deepEqual(begun, ['receipt ben@1000', 'receipt anna@3000']);
    assert.deepEqual(asked, [0, 1000, 3000]);
  });

  it('has one timer, for the earliest', async () => {
    dispatcher.start();
    await time.pass(0);
    assert.equal(time.pending(), 0);
    dispatcher.wakeAt(start + 5000);
    assert.equal(time.pending(), 1);
    dispatcher.wakeAt(start + 2000);
    dispatcher.wakeAt(start + 8000);
    dispatcher.wakeAt(start + 2000);
    dispatcher.wakeAt(undefined);
    assert.equal(time.pending(), 1);
    await time.pass(10_000);
    assert.deepEqual(asked, [0, 2000]);
  });

  it('looks again after a minute for what is due much later, rather than trust a long timer', async () => {
    await owe('anna', 150_000);
    dispatcher.start();
    await time.pass(150_000);
    assert.deepEqual(asked, [0, 60_000, 120_000, 150_000]);
    assert.deepEqual(begun, ['receipt anna@150000']);
  });

  it('does at once what is handed to it, turns first', async () => {
    dispatcher.start();
    await time.pass(0);
    const claims = await owe('anna', 0, true);
    dispatcher.take(claims.toReversed());
    assert.deepEqual(begun, ['turn anna@0', 'receipt anna@0']);
  });

  it('never works twice at once in a lane, and looks once more afterwards for what was claimed meanwhile', async () => {
    dispatcher.start();
    const first = Promise.withResolvers<void>();
    work = async (_kind, { id }) => {
      await first.promise;
      await giveBack(id);
    };
    const claims = await owe('anna', 0);
    dispatcher.take(claims);
    dispatcher.take(claims);
    dispatcher.take(claims);
    // The lease ends under the long work: the store gives the claim to whoever asks, which is us again.
    dispatcher.wakeAt(start + leaseMs);
    await time.pass(leaseMs);
    assert.deepEqual(begun, ['receipt anna@0']);
    first.resolve();
    await time.settle();
    assert.deepEqual(begun, ['receipt anna@0', `receipt anna@${leaseMs}`]);
  });

  it('does not work in a lane in which somebody else of this process works, until that has ended', async () => {
    dispatcher.start();
    const done = Promise.withResolvers<string>();
    const [claim] = await owe('anna', 0);
    assert.ok(claim !== undefined);
    const held = dispatcher.hold(claim, () => done.promise);
    dispatcher.take([claim]);
    await time.pass(500);
    assert.deepEqual(begun, []);
    done.resolve('done');
    assert.equal(await held, 'done');
    await time.settle();
    assert.deepEqual(begun, ['receipt anna@500']);
  });

  it('works in other lanes meanwhile', async () => {
    dispatcher.start();
    const done = Promise.withResolvers<void>();
    work = async (_kind, { customer, id }) => {
      if (customer === 'anna') await done.promise;
      await giveBack(id);
    };
    dispatcher.take(await owe('anna', 0));
    dispatcher.take(await owe('ben', 0));
    assert.deepEqual(begun, ['receipt anna@0', 'receipt ben@0']);
    done.resolve();
  });

  it('frees a lane also when the work in it fails, and hands the error over', async () => {
    dispatcher.start();
    const [claim] = await owe('anna', 0);
    assert.ok(claim !== undefined);
    const failed = dispatcher.hold(claim, () => Promise.reject(new Error('no')));
    await assert.rejects(failed, /^Error: no$/);
    dispatcher.take([claim]);
    assert.deepEqual(begun, ['receipt anna@0']);
  });

  it('asks a store that failed again after a second', async () => {
    await owe('anna', 500);
    dispatcher.start();
    await time.pass(0);
    away = true;
    await time.pass(2600);
    assert.deepEqual(asked, [0, 500, 1500, 2500]);
    assert.deepEqual(begun, []);
    away = false;
    await time.pass(1000);
    assert.deepEqual(begun, ['receipt anna@3500']);
    const errors = log.lines.filter(({ level }) => level === 'error');
    assert.equal(errors.length, 3);
    assert.equal(errors[0]?.message, 'The store cannot be asked for due work');
  });

  it('does work that failed again when its lease has ended', async () => {
    let tries = 0;
    work = async (_kind, { id }) => {
      tries += 1;
      if (tries === 1) throw new Error('no');
      await giveBack(id);
    };
    await owe('anna', 100);
    dispatcher.start();
    await time.pass(60_000);
    assert.deepEqual(begun, ['receipt anna@100', `receipt anna@${100 + leaseMs}`]);
    const [line] = log.lines;
    assert.equal(line?.message, 'Work failed; it is due again');
  });

  it('takes more than one handful of claims without waiting', async () => {
    for (let customer = 0; customer < 450; customer += 1) await owe(`c${customer}`, 1000);
    dispatcher.start();
    await time.pass(1000);
    assert.equal(begun.length, 450);
    assert.ok(begun.every(what => what.endsWith('@1000')));
  });

  describe('that stops', () => {
    it('waits for what is under way', async () => {
      dispatcher.start();
      const done = Promise.withResolvers<void>();
      work = () => done.promise;
      dispatcher.take(await owe('anna', 0));
      let stopped = false;
      const stopping = dispatcher.stop().then(() => {
        stopped = true;
      });
      await time.settle();
      assert.equal(stopped, false);
      done.resolve();
      await stopping;
      assert.equal(stopped, true);
    });

    it('waits for what others do in a lane that they hold, too', async () => {
      dispatcher.start();
      const done = Promise.withResolvers<void>();
      const [claim] = await owe('anna', 0);
      assert.ok(claim !== undefined);
      const held = dispatcher.hold(claim, () => done.promise);
      let stopped = false;
      const stopping = dispatcher.stop().then(() => {
        stopped = true;
      });
      await time.settle();
      assert.equal(stopped, false);
      done.resolve();
      await Promise.all([held, stopping]);
    });

    it('ends well although work under way fails', async () => {
      dispatcher.start();
      work = () => Promise.reject(new Error('no'));
      dispatcher.take(await owe('anna', 0));
      await dispatcher.stop();
    });

    it('takes nothing new, and sets no timer', async () => {
      dispatcher.start();
      await time.pass(0);
      dispatcher.wakeAt(start + 1000);
      await dispatcher.stop();
      assert.equal(time.pending(), 0);
      dispatcher.take(await owe('anna', 0));
      dispatcher.wakeAt(start + 500);
      assert.equal(time.pending(), 0);
      assert.deepEqual(begun, []);
    });

    it('does nothing before it is started', async () => {
      dispatcher.take(await owe('anna', 0));
      dispatcher.wakeAt(start);
      await time.pass(1000);
      assert.deepEqual([begun, asked], [[], []]);
    });
  });
});
