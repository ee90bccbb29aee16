import type { Clock } from '../ports.ts';
import { measure } from './systemClock.ts';

/** How long it is until something, in whole milliseconds; 0 when the time has come. */
export type Left = () => number;

/**
 * Begins to count down. It is measured, and not compared with the time of day: a clock that is set back by hours must not make a
 * wait of seconds last as long.
 *
 * @param ms milliseconds
 */
export function countDown(ms: number, clock: Clock): Left {
  const elapsed = measure(clock);
  return () => Math.max(Math.ceil(ms - elapsed()), 0);
}
