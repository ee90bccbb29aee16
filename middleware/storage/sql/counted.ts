/**
 * So many rows of a list are counted at most. How many there are is asked again and again, for metrics: it must not take longer the
 * longer nobody has looked at the list.
 */
const countLimit = 10_000;

/**
 * Counts the rows of a list, as an expression: {@link countLimit} where there are more.
 *
 * @param from a table, and which of its rows
 */
export function counted(from: string): string {
  return `(SELECT count(*) FROM (SELECT 1 FROM ${from} LIMIT ${countLimit}) AS found)`;
}
