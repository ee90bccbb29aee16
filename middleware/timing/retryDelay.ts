import type { ProviderError } from '../errors.ts';
import { spread } from './spread.ts';

/** The first wait after a transient failure; it doubles with each further one. */
const firstMs = 1000;
/** No wait for a transient failure grows past this: a provider that is back should be noticed within a minute. */
const longestMs = 60_000;
/** Meta, "throughput": after 131056 retry in 4^n seconds, n from 0. Past an hour it is no more use. */
const longestRecipientMs = 60 * 60 * 1000;
/** How long what waits for a channel that is not on is left alone, before somebody looks again. */
export const channelOffRetryMs = 60_000;
/** How long a channel pauses whose credentials were refused, before one call tries them again. */
const authPauseMs = 60_000;

/**
 * How long to wait before the same call is made again. It lives in the row, not in a timer or in an in-memory
 * policy, so that a restart does not forget it.
 *
 * @param attempts the calls that failed so far, this one included
 * @param jitter 0 to 1; see {@link spread}
 */
export function retryDelay(error: ProviderError, attempts: number, jitter: number): number {
  if (error.retryAfterMs !== undefined) return error.retryAfterMs;
  if (error.fault === 'auth') return authPauseMs;
  if (error.fault === 'recipient') return Math.min(1000 * 4 ** (attempts - 1), longestRecipientMs);
  return spread(Math.min(firstMs * 2 ** (attempts - 1), longestMs), jitter);
}
