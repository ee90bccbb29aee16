import assert from 'node:assert/strict';
import type { Conversation } from '../../../middleware/domain.ts';
import type { Claim, Store, WorkKind } from '../../../middleware/ports.ts';
import { Dispatcher, leaseMs } from '../../../middleware/receipts/dispatcher.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock, systemScheduler } from '../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';

/** A dispatcher over a real store, anew for each test of a suite, with time in its hands. */
export interface DispatcherWorld {
  readonly time: FakeTime;
  /** When the test began. */
  readonly start: number;
  readonly log: ReturnType<typeof quietLog>;
  readonly dispatcher: Dispatcher;
  /** When the store was asked for due work, in milliseconds after the start. */
  readonly asked: readonly number[];
  /** Set where the store is to fail. */
  away: boolean;
  /** What was begun, as `kind customer@ms`. */
  readonly begun: readonly string[];
  /** What work does; by default it ends at once and gives its lane back. */
  work: (kind: WorkKind, conversation: Conversation) => Promise<void>;
  /** Ends the receipts of a conversation, so that nothing of it is due any more. */
  giveBack(id: string): Promise<void>;
  /** Writes a receipt that is due so many milliseconds after the start; answers what the store gave to do. */
  owe(customer: string, dueMs: number, turn?: boolean): Promise<readonly Claim[]>;
}

/** Sets one up around each test of the suite that calls it. */
export function dispatcherWorld(): DispatcherWorld {
  let time: FakeTime;
  let start: number;
  let store: Store;
  let log: ReturnType<typeof quietLog>;
  let dispatcher: Dispatcher;
  let asked: number[];
  let begun: string[];

  beforeEach(async () => {
    time = fakeTime();
    start = time.now();
    const real = await openSqliteStore({ path: ':memory:', thread: false });
    log = quietLog();
    asked = [];
    begun = [];
    world.away = false;
    world.work = async (_kind, { id }) => void (await giveBack(id));
    store = {
      ...real,
      async claimDue(...args) {
        asked.push(Date.now() - start);
        if (world.away) throw new Error('the disk is gone');
        return real.claimDue(...args);
      },
    };
    const handler = (kind: WorkKind) => async (conversation: Conversation) => {
      begun.push(`${kind} ${conversation.customer}@${Date.now() - start}`);
      await world.work(kind, conversation);
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

  const giveBack = async (id: string) => {
    const changes = (await store.listReceipts(id, 10)).map(({ ref }) => ({
      ref,
      outcome: 'sent' as const,
      because: '',
      at: Date.now(),
    }));
    await store.changeReceipts(id, changes, { now: Date.now(), leaseMs, end: true });
  };
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

  const world: DispatcherWorld = {
    get time() {
      return time;
    },
    get start() {
      return start;
    },
    get log() {
      return log;
    },
    get dispatcher() {
      return dispatcher;
    },
    get asked() {
      return asked;
    },
    get begun() {
      return begun;
    },
    away: false,
    work: async () => {},
    giveBack,
    owe,
  };
  return world;
}
