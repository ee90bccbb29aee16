import { sqlStateOf } from './faults.ts';

let plans = 1;

/**
 * How often the tables have changed under this process, as far as it noticed: a part of the names of its prepared statements, so
 * that all of them are prepared anew then.
 */
export const planGeneration = (): number => plans;

/**
 * Whether a statement was refused since a newer version has added to its table: what `SELECT *` answers has changed, and PostgreSQL does
 * not perform what was prepared before. Asked again, it is prepared anew.
 */
export function isStalePlan(error: unknown): boolean {
  // Also where a cursor or a function is not supported, which is never asked for here.
  return sqlStateOf(error) === '0A000';
}

/** Has each statement prepared anew where it is asked for next, if that is why one failed. */
export function heedStalePlan(error: unknown): void {
  if (isStalePlan(error)) plans += 1;
}
