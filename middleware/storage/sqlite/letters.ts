import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { DeadLetter } from '../../ports.ts';
import { placeOf, refOf } from './refs.ts';

/** The dead letters of the store. */
export function letterTable(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO dead_letter (at, what, channel, reason, item, dedupe) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (dedupe) DO NOTHING`,
  );
  const newest = db.prepare('SELECT * FROM dead_letter WHERE pk < ? ORDER BY pk DESC LIMIT ?');
  const count = db.prepare('SELECT count(*) AS letters FROM dead_letter');
  return {
    add({ at, what, channel, reason, item }: Omit<DeadLetter, 'id'>): void {
      insert.run(at, what, channel, reason, JSON.stringify(item ?? null), null);
    },

    /** For what comes from outside: a provider delivers an item that we cannot read again and again. */
    addOnce({ at, what, channel, reason, item }: Omit<DeadLetter, 'id'>): void {
      const json = JSON.stringify(item ?? null);
      const dedupe = createHash('sha256').update(`${channel}\0${json}`).digest().subarray(0, 16);
      insert.run(at, what, channel, reason, json, dedupe);
    },

    count: () => (count.get() as { letters: number }).letters,

    deadLetters(limit: number, before?: string): readonly DeadLetter[] {
      const rows = newest.all(placeOf(before), limit) as unknown as (Omit<DeadLetter, 'id'> & {
        pk: number;
        item: string;
      })[];
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
