import { setImmediate } from 'node:timers/promises';
import sinon from 'sinon';

/** Turns of the event loop in which everything that needs no time has happened. */
const settlingTurns = 40;

/** The machine's clock and timers in the hands of a test. Only time is faked: promises and I/O stay real. */
export interface FakeTime {
  now(): number;
  /** Lets everything happen that is due now. */
  settle(): Promise<void>;
  /** Lets time pass, timer by timer. */
  pass(ms: number): Promise<void>;
  /** Jumps: each timer that fell due meanwhile fires once, late, as after a machine's sleep. */
  jump(ms: number): Promise<void>;
  /** Sets the clock, as somebody does by hand: no timer fires for it, and what is measured goes on. */
  set(now: number): void;
  /** Timers that are still set. */
  pending(): number;
  restore(): void;
}

/** Takes over time, from a fixed moment. */
export function fakeTime(start = Date.UTC(2026, 10, 22, 12)): FakeTime {
  const clock = sinon.useFakeTimers({
    now: start,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  async function settle(): Promise<void> {
    for (let turn = 0; turn < settlingTurns; turn += 1) await setImmediate();
  }
  return {
    now: () => clock.now,
    settle,
    async pass(ms) {
      await settle();
      const end = clock.now + ms;
      for (;;) {
        const next = clock.countTimers() === 0 ? Number.POSITIVE_INFINITY : nextTimer(clock);
        if (next > end) break;
        clock.tick(next - clock.now);
        await settle();
      }
      clock.tick(end - clock.now);
      await settle();
    },
    async jump(ms) {
      await settle();
      clock.jump(ms);
      await settle();
    },
    set: now => clock.setSystemTime(now),
    pending: () => clock.countTimers(),
    restore: () => clock.restore(),
  };
}

/** When the next timer fires. The clock tells it nowhere but in its own bookkeeping. */
function nextTimer(clock: sinon.SinonFakeTimers): number {
  const { timers } = clock as unknown as { timers: ReadonlyMap<number, { callAt: number }> };
  return Math.max(clock.now, Math.min(...[...timers.values()].map(({ callAt }) => callAt)));
}
