import type { Scheduler } from '../../middleware/ports.ts';

/** Timers that end together. */
export interface Timers extends Scheduler {
  /** Resolves after `ms` milliseconds, or at once when the timers are stopped. */
  pause(ms: number): Promise<void>;
  /** Cancels what is scheduled and ends every pause; nothing can be scheduled any more. */
  stop(): void;
}

const system: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Keeps track of what it schedules, so that closing the simulator leaves no timer behind. */
export function createTimers(scheduler: Scheduler = system): Timers {
  const stops = new Set<() => void>();
  let stopped = false;

  const after = (delayMs: number, task: () => void, onStop: () => void = () => {}) => {
    if (stopped) {
      onStop();
      return () => {};
    }
    const cancelTimer = scheduler.after(delayMs, () => {
      stops.delete(stop);
      task();
    });
    const cancel = () => {
      stops.delete(stop);
      cancelTimer();
    };
    const stop = () => {
      cancel();
      onStop();
    };
    stops.add(stop);
    return cancel;
  };

  return {
    after: (delayMs, task) => after(delayMs, task),
    pause: ms => new Promise<void>(resolve => after(ms, resolve, resolve)),
    stop() {
      stopped = true;
      for (const stop of [...stops]) stop();
    },
  };
}
