import { abortedFault, timeoutFault } from '../transportFault.ts';
import { classifyError } from './faults.ts';

/** Watches over one call: it ends when the caller gives up, or when a step of it takes too long. */
export interface Watch {
  /** Aborts when the call is to end. */
  readonly stop: AbortSignal;
  /**
   * Waits for a step of the call, and no longer than its time, whether or not the step listens to `stop`.
   *
   * @param started whether bytes of the request may have left: then the service may have acted on it
   * @throws ProviderError
   */
  within<T>(step: Promise<T>, started: boolean): Promise<T>;
}

/** Begins to watch over a call. Between steps no time passes: a reader may take its own. */
export function startWatch(signal: AbortSignal, timeoutMs: number): Watch {
  const late = new AbortController();
  const stop = AbortSignal.any([signal, late.signal]);
  return {
    stop,
    async within(step, started) {
      const stopped = Promise.withResolvers<never>();
      const onStop = () => stopped.reject(stop.reason);
      if (stop.aborted) onStop();
      else stop.addEventListener('abort', onStop, { once: true });
      const timer = setTimeout(() => late.abort(), timeoutMs);
      // Where it ends after all, nobody waits for it any more.
      step.catch(() => {});
      try {
        return await Promise.race([stopped.promise, step]);
      } catch (error) {
        if (signal.aborted) throw abortedFault({ provider: 'ACS', started });
        if (late.signal.aborted) throw timeoutFault({ provider: 'ACS', started });
        throw classifyError(error, started);
      } finally {
        clearTimeout(timer);
        stop.removeEventListener('abort', onStop);
      }
    },
  };
}
