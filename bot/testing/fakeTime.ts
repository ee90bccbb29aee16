import type { Clock, Scheduler } from '../../middleware/ports.ts';

/** A clock that stands still, and timers that fire when it is told that time passes. */
export interface FakeTime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /**
   * Lets time pass, timer by timer, each at its own moment, with what follows from it before the next one.
   *
   * @param ms milliseconds
   */
  pass(ms: number): Promise<void>;
  /**
   * Has time stand still as long as something is at work, though for a second of the machine's time at most: a call that a test
   * has made hang would hold it forever. A test bed says so of its store and its channel.
   */
  standStillWhile(busy: () => boolean): void;
  /** How many timers are set. */
  readonly pending: number;
}

/** A timer that is set. */
interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/** How many turns of the event loop nothing must happen in, before the next timer fires. */
const quietTurns = 20;

/** How long a call may take of the machine's time before time goes on without it, in milliseconds. */
const patienceMs = 1000;

/**
 * Makes a clock and timers for an engine, a simulator, or both: hours pass in no time. What is due at once is done at once,
 * without time passing.
 *
 * @param start Unix milliseconds. Default noon of 2026-11-22, UTC
 */
export function createFakeTime(start = Date.UTC(2026, 10, 22, 12)): FakeTime {
  const timers = new Set<Timer>();
  const watched: (() => boolean)[] = [];
  let now = start;

  const fire = (timer: Timer) => {
    // One that was cancelled meanwhile is not there any more.
    if (timers.delete(timer)) timer.task();
  };
  const next = (until: number) =>
    [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];
  const settle = async () => {
    const until = performance.now() + patienceMs;
    for (let quiet = 0; quiet < quietTurns; quiet++) {
      await new Promise(resolve => setImmediate(resolve));
      if (performance.now() > until || !watched.some(busy => busy())) continue;
      quiet = 0;
      // By the machine's own timers: what is at work needs the machine.
      await new Promise(resolve => setTimeout(resolve, 1));
    }
  };

  return {
    clock: { now: () => now },
    scheduler: {
      after(delayMs, task) {
        const timer: Timer = { at: now + Math.max(0, delayMs), task };
        timers.add(timer);
        if (timer.at <= now) setImmediate(fire, timer);
        return () => timers.delete(timer);
      },
    },
    async pass(ms) {
      const end = now + ms;
      await settle();
      for (let due = next(end); due !== undefined; due = next(end)) {
        now = due.at;
        fire(due);
        await settle();
      }
      now = end;
      await settle();
    },
    standStillWhile: busy => void watched.push(busy),
    get pending() {
      return timers.size;
    },
  };
}
