import assert from 'node:assert/strict';
import { ProviderError } from '../../../middleware/errors.ts';
import { CallGate, type CallTarget, type priorities } from '../../../middleware/receipts/callGate.ts';
import { CallMeasure } from '../../../middleware/receipts/callMeasure.ts';
import { silence } from '../../../middleware/telemetry/telemetry.ts';
import { systemClock } from '../../../middleware/timing/systemClock.ts';
import { quietLog } from '../../support/engineWorld.ts';
import { type FakeTime, fakeTime } from '../../support/fakeTime.ts';
import { metaLike, scriptedChannel } from '../../support/scriptedChannel.ts';

export const anna = { business: 'b1', conversation: 'c_anna' };
export const ben = { business: 'b1', conversation: 'c_ben' };
export const annaElsewhere = { business: 'b2', conversation: 'c_anna2' };
export const channel = scriptedChannel(metaLike, () => 0);
/** The signal of a caller who does not give up. */
export const never = new AbortController().signal;

/** How a call is asked for, and how it goes. */
interface Wish {
  readonly to?: CallTarget;
  readonly priority?: keyof typeof priorities;
  readonly fails?: () => ProviderError;
  readonly over?: typeof channel;
  readonly signal?: AbortSignal;
  readonly afterMs?: number;
}

/** A gate of calls, anew for each test of a suite, with time in its hands. */
export interface GateWorld {
  readonly time: FakeTime;
  readonly log: ReturnType<typeof quietLog>;
  readonly gate: CallGate;
  /** The calls that were really made, in their order. */
  readonly made: readonly string[];
  /** Asks for a call; answers `ok`, or the code of what it rejected with. */
  ask(name: string, wish?: Wish): Promise<string>;
  /** Asks for a call that is not made; answers why. */
  failure(to: CallTarget, over?: typeof channel, priority?: keyof typeof priorities): Promise<ProviderError>;
  /** Asks so often, one after another. */
  times(count: number, wish: Wish): Promise<void>;
}

/** Sets one up around each test of the suite that calls it. */
export function gateWorld(): GateWorld {
  let time: FakeTime;
  let log: ReturnType<typeof quietLog>;
  let gate: CallGate;
  let made: string[];
  beforeEach(() => {
    time = fakeTime();
    log = quietLog();
    gate = new CallGate(systemClock, log, new CallMeasure(silence, systemClock));
    made = [];
  });
  afterEach(async () => {
    await time.pass(60_000);
    const left = time.pending();
    time.restore();
    assert.equal(left, 0, 'timers were left running');
  });
  const ask = async (name: string, wish: Wish = {}): Promise<string> => {
    const { to = anna, priority = 'receipt', fails, over = channel, signal = never, afterMs = 0 } = wish;
    try {
      return await gate.run(over, to, priority, signal, async () => {
        made.push(name);
        if (afterMs > 0) await new Promise(resolve => setTimeout(resolve, afterMs));
        if (fails !== undefined) throw fails();
        return 'ok';
      });
    } catch (error) {
      return error instanceof ProviderError ? error.providerCode : String(error);
    }
  };
  return {
    get time() {
      return time;
    },
    get log() {
      return log;
    },
    get gate() {
      return gate;
    },
    get made() {
      return made;
    },
    ask,
    async failure(to, over = channel, priority = 'receipt') {
      const error: unknown = await gate
        .run(over, to, priority, never, async () => {})
        .catch(caught => caught);
      assert.ok(error instanceof ProviderError);
      return error;
    },
    async times(count, wish) {
      for (let call = 0; call < count; call += 1) await ask(`fault ${call}`, wish);
    },
  };
}
