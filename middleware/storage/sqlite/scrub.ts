import type { DatabaseSync } from 'node:sqlite';

/** Lets go of what the write-ahead log still has of rows that were erased: all of it goes to the file, and it begins anew. */
export function scrub(db: DatabaseSync): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
