/**
 * Spreads a wait by ± 20 %, so that what failed together does not come back together.
 *
 * @param jitter by chance, 0 to 1
 * @returns whole milliseconds
 */
export function spread(ms: number, jitter: number): number {
  return Math.round(ms * (0.8 + 0.4 * jitter));
}
