import { spread } from '../timing/spread.ts';

const second = 1000;
const minute = 60 * second;

/** How long to wait after each try that failed. The first soon: most failures are short. */
const schedule: readonly number[] = [2 * second, 5 * second, 15 * second, minute, 2 * minute];
/** From then on. A customer whose message waits is with nobody meanwhile, also when all is well again. */
const longestWaitMs = 5 * minute;

/** How long a request is tried: as long as an agent may answer the message in it. */
export const forwardLifetimeMs = 24 * 60 * minute;

/**
 * How long to wait before a request is passed on again.
 *
 * @param tries those that failed so far
 * @param ageMs how long it has waited
 * @param jitter 0 to 1; see {@link spread}
 * @returns milliseconds; `undefined`: it is given up
 */
export function retryForwardAfter(tries: number, ageMs: number, jitter: number): number | undefined {
  if (ageMs >= forwardLifetimeMs) return undefined;
  return spread(schedule[tries - 1] ?? longestWaitMs, jitter);
}
