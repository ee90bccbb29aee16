import type { Clock, Scheduler } from '../ports.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now(), steady: () => performance.now() };

/** How much time has gone by since some moment, in milliseconds. */
export type Elapsed = () => number;

/**
 * Begins to measure, by both readings of a clock, of which the one that says more is believed: `steady` may stand still while the
 * machine sleeps, `now` is set back now and then. Where that one is set forward it seems too long.
 */
export function measure(clock: Clock = systemClock): Elapsed {
  const steady = clock.steady ?? forward(clock);
  const [ticks, time] = [steady(), clock.now()];
  return () => Math.max(steady() - ticks, clock.now() - time);
}

/** What a clock that tells the time alone goes forward, from look to look: no step back is counted. */
function forward(clock: Clock): () => number {
  let [last, passed] = [clock.now(), 0];
  return () => {
    const now = clock.now();
    passed += Math.max(now - last, 0);
    last = now;
    return passed;
  };
}

/** The machine's timers. */
export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
