import { ProviderError } from '../errors.ts';
import type { Scheduler } from '../ports.ts';

/**
 * Makes a call that may take `limitMs` milliseconds, and gives it up after that, also where it does not listen to its
 * signal.
 *
 * @throws ProviderError `timeout`; whatever the call threw before
 */
export async function callWithin<T>(
  scheduler: Scheduler,
  limitMs: number,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const late = Promise.withResolvers<never>();
  const cancel = scheduler.after(limitMs, () => {
    const error = new ProviderError('The call did not end in time', {
      fault: 'transient',
      providerCode: 'timeout',
      ambiguous: true,
    });
    // First the reason, then the signal: what the call makes of being stopped is no longer of interest.
    late.reject(error);
    abort.abort(error);
  });
  try {
    return await Promise.race([late.promise, call(abort.signal)]);
  } finally {
    cancel();
  }
}
