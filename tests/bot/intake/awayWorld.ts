import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import { type IntakeWorld, startIntakeWorld, type Wrote } from '../../support/intakeWorld.ts';

const second = 1000;

/** A way in whose store goes away and comes back, anew for each test of a suite, with time in its hands. */
export interface AwayWorld {
  readonly time: FakeTime;
  readonly world: IntakeWorld;
  start(options?: Parameters<typeof startIntakeWorld>[0]): Promise<void>;
  /** Brings a customer's message. */
  bring(number: number, over?: Partial<Wrote>): ReturnType<IntakeWorld['bring']>;
  counts():
    | { readonly spooled: number; readonly unadmitted: number; readonly unreadable: number }
    | undefined;
  /** The store is back, and has what waited. */
  back(): Promise<void>;
  /** Waits until nothing waits to be passed on. */
  noneQueued(): Promise<void>;
}

/** Sets one up around each test of the suite that calls it. */
export function awayWorld(): AwayWorld {
  let time: FakeTime;
  let world: IntakeWorld;
  beforeEach(() => {
    time = fakeTime();
  });
  afterEach(async () => {
    world.storeIs('there');
    await world.close();
    time.restore();
  });
  return {
    get time() {
      return time;
    },
    get world() {
      return world;
    },
    async start(options) {
      world = await startIntakeWorld(options);
    },
    bring: (number, over = {}) => world.bring({ number, ...over }),
    counts: () => world.intake.passThrough?.counts,
    async back() {
      world.storeIs('there');
      await time.jump(2 * second);
      await world.until(async () => (await world.spool()).length === 0);
    },
    noneQueued: () =>
      world.until(async () => {
        await time.jump(0);
        return (await world.store.countForwards()) === 0;
      }),
  };
}
