import { setImmediate } from 'node:timers/promises';
import type { Batch } from './batches.ts';
import { Checksum, type TableSum } from './checksum.ts';
import type { MovedTable } from './movedTables.ts';
import type { TargetDatabase } from './targetDatabase.ts';

/** What a move is at. */
export interface MoveStep {
  /** It reads the file to know what it holds, copies, or reads the database to see whether that holds the same. */
  readonly what: 'reads' | 'copies' | 'checks';
  readonly table: string;
  /** How many rows of the table are over. */
  readonly rows: number;
  /** How many it has; absent while it is read for the first time. */
  readonly of?: number;
}

/** Adds up a table that is read. */
export async function sumOf(
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  step: Omit<MoveStep, 'rows'>,
  onStep: (step: MoveStep) => void,
): Promise<TableSum> {
  const checksum = new Checksum();
  for await (const batch of batches) {
    for (const row of batch) checksum.add(row);
    onStep({ ...step, rows: checksum.sum.rows });
  }
  return checksum.sum;
}

/** Copies batches one after another: while one is written, the next is read. */
export async function copy(
  database: TargetDatabase,
  table: MovedTable,
  batches: Iterable<Batch>,
  onCopied: (rows: number) => void,
): Promise<void> {
  let rows = 0;
  const write = async (batch: Batch) => {
    await database.insert(table, batch);
    rows += batch.length;
    onCopied(rows);
  };
  let writing: Promise<void> | undefined;
  for (const batch of batches) {
    await writing;
    writing = write(batch);
    // Whoever waits for it next is told that it failed.
    writing.catch(() => {});
    // Until the loop has come round, it has not left.
    await setImmediate();
  }
  await writing;
}
