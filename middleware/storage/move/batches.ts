import type { Value } from '../sql/sql.ts';

/** Rows that are read, written or compared together: of each its values, in the order of the table's columns. */
export type Batch = readonly (readonly Value[])[];

/** The most characters and bytes in a batch, but for a row that has more alone: memory is bounded by it. */
const mostCharacters = 4_000_000;

/** Rows in batches. */
export function* batchesOf(rows: Iterable<readonly Value[]>, mostRows: number): Generator<Batch> {
  let batch: (readonly Value[])[] = [];
  let characters = 0;
  for (const row of rows) {
    batch.push(row);
    for (const value of row) if (value !== null && typeof value !== 'number') characters += value.length;
    if (batch.length < mostRows && characters < mostCharacters) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
