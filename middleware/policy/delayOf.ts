import type { Delay } from './policy.ts';

/**
 * How long a {@link Delay} is for one text, in whole milliseconds: `minMs + perCharacterMs × characters`,
 * spread by ± `delay.jitter`, then clamped to `minMs` and `maxMs`.
 *
 * @param characters the length of the text.
 * @param jitter the chance that decides the spread, from 0 up to 1; 0.5 is no spread. It is an input so that
 *   the same decision can be made again, and explained.
 */
export function delayOf(delay: Delay, characters: number, jitter: number): number {
  const mean = delay.minMs + delay.perCharacterMs * characters;
  const spread = mean * (1 + delay.jitter * (2 * jitter - 1));
  // Both limits are whole, so rounding cannot cross them.
  return Math.round(Math.min(Math.max(spread, delay.minMs), delay.maxMs ?? Number.POSITIVE_INFINITY));
}
