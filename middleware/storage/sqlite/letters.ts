import type { DatabaseSync } from 'node:sqlite';
import type { DeadLetter } from '../../ports.ts';
import { refOf } from './refs.ts';

/** The dead letters of the store. */
export function letterTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO dead_letter (at, what, channel, reason, item) VALUES (?, ?, ?, ?, ?)',
  );
  const newest = db.prepare('SELECT * FROM dead_letter ORDER BY pk DESC LIMIT ?');
  return {
    add({ at, what, channel, reason, item }: Omit<DeadLetter, 'id'>): void {
      insert.run(at, what, channel, reason, JSON.stringify(item ?? null));
    },
    deadLetters(limit: number): readonly DeadLetter[] {
      const rows = newest.all(limit) as unknown as (Omit<DeadLetter, 'id'> & { pk: number; item: string })[];
      return rows.map(({ pk, at, what, channel, reason, item }) => ({
        id: refOf('letter', pk),
        at,
        what,
        channel,
        reason,
        item: JSON.parse(item),
      }));
    },
  };
}

/** See {@link letterTable}. */
export type LetterTable = ReturnType<typeof letterTable>;
