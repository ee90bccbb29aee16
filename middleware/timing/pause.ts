import type { Scheduler } from '../ports.ts';

/** What a pause ends by besides its time. */
export interface PauseOptions {
  /** Subscribes a function that ends the pause early; answers how to unsubscribe it. */
  readonly wake?: (end: () => void) => () => void;
  /** Rejects the pause with its reason when it aborts. */
  readonly signal?: AbortSignal;
}

/** Waits, and leaves neither timer nor listener behind. Answers whether the time passed or something woke it. */
export function pause(
  scheduler: Scheduler,
  ms: number,
  { wake, signal }: PauseOptions = {},
): Promise<'time' | 'woken'> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let release = () => {};
    const end = (how: 'time' | 'woken') => {
      release();
      resolve(how);
    };
    const abort = () => {
      release();
      reject(signal?.reason);
    };
    const cancel = scheduler.after(ms, () => end('time'));
    const unsubscribe = wake?.(() => end('woken'));
    signal?.addEventListener('abort', abort, { once: true });
    release = () => {
      cancel();
      unsubscribe?.();
      signal?.removeEventListener('abort', abort);
    };
  });
}

/** Ends a pause when a promise resolves. */
export function wokenBy(promise: Promise<void>): NonNullable<PauseOptions['wake']> {
  return end => {
    void promise.then(end);
    return () => {};
  };
}
