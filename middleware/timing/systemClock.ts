import type { Clock, Scheduler } from '../ports.ts';

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** How much time has gone by since some moment, in milliseconds. */
export type Elapsed = () => number;

/**
 * Begins to measure, by two clocks of the machine, of which the one that says more is believed: one may stand still while it sleeps,
 * the other is set back now and then. Where that one is set forward it seems too long.
 */
export function measure(): Elapsed {
  const [ticks, time] = [performance.now(), systemClock.now()];
  return () => Math.max(performance.now() - ticks, systemClock.now() - time);
}

/** The machine's timers. */
export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
