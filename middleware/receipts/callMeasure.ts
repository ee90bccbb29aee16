import type { Channel, Clock } from '../ports.ts';
import { errorTypeOf } from '../telemetry/errorType.ts';
import type { EngineMeters } from '../telemetry/telemetry.ts';
import { measure } from '../timing/systemClock.ts';
import type { priorities } from './callGate.ts';

/** What a call is for, as metrics name it. */
const operationOf = { send: 'send', receipt: 'markRead', typing: 'typing' } as const satisfies Readonly<
  Record<keyof typeof priorities, string>
>;

/** Measures the calls to providers: how long each took, how it ended, and which were not made. */
export class CallMeasure {
  readonly #meters: Pick<EngineMeters, 'add' | 'record'>;
  readonly #clock: Clock;

  constructor(meters: Pick<EngineMeters, 'add' | 'record'>, clock: Clock) {
    this.#meters = meters;
    this.#clock = clock;
  }

  /** Makes a call. What it waited for its turn does not count: that is no provider's time. */
  async during<T>(channel: Channel, what: keyof typeof priorities, call: () => Promise<T>): Promise<T> {
    const took = measure(this.#clock);
    let error = '';
    try {
      return await call();
    } catch (thrown) {
      error = errorTypeOf(thrown);
      throw thrown;
    } finally {
      this.#meters.record('calls', [channel.name, operationOf[what], error], took());
    }
  }

  /** @param code why it was not made, in our words */
  notMade(channel: Channel, what: keyof typeof priorities, code: string): void {
    this.#meters.add('callsNotMade', [channel.name, operationOf[what], code]);
  }
}
