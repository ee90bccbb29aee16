/**
 * Conditions on rows of other tables that are looked up, by an index, for one row after another. They stand where EXISTS would: that
 * may be answered by first reading all rows that it might be about, as PostgreSQL does for good in a statement that it planned when
 * there were few of them.
 *
 * @module
 */

/**
 * Whether there is such a row.
 *
 * @param rows a table, and which of its rows
 */
export const isSome = (rows: string) => `(SELECT 1 FROM ${rows} LIMIT 1) IS NOT NULL`;

/** Whether there is none. @param rows as {@link isSome} has it */
export const isNone = (rows: string) => `(SELECT 1 FROM ${rows} LIMIT 1) IS NULL`;
