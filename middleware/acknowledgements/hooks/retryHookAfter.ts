import { spread } from '../../timing/spread.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Standard Webhooks, "Deliverability and reliability": how long to wait after each try that failed. Ten tries in all. */
const schedule: readonly number[] = [
  5000,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/**
 * How old a web hook may become: its waits take 76 hours, 91 where all of them are spread to their longest, and
 * `Retry-After` adds to the short ones.
 */
export const hookLifetimeMs = 4 * 24 * hour;

/**
 * How long to wait before a web hook is tried again.
 *
 * @param tries those that failed so far
 * @param jitter 0 to 1; see {@link spread}
 * @returns milliseconds; `undefined`: it has been tried often enough
 */
export function retryHookAfter(tries: number, jitter: number): number | undefined {
  const wait = schedule[tries - 1];
  return wait === undefined ? undefined : spread(wait, jitter);
}
