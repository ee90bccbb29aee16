import { createHash } from 'node:crypto';
import type { DeadLetter } from '../../ports.ts';
import { counted } from './counted.ts';
import { placeOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';

interface LetterRow extends Omit<DeadLetter, 'id' | 'item'> {
  readonly pk: number;
  readonly item: string;
}

/** The dead letters of the store. */
export function letterTable(sql: Sql) {
  const insert = sql.prepare(
    `INSERT INTO dead_letter (at, what, channel, reason, item, dedupe) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (dedupe) DO NOTHING`,
  );
  const newest = sql.prepare<LetterRow>('SELECT * FROM dead_letter WHERE pk < ? ORDER BY pk DESC LIMIT ?');
  const count = sql.prepare<{ readonly letters: number }>(`SELECT ${counted('dead_letter')} AS letters`);
  return {
    *add({ at, what, channel, reason, item }: Omit<DeadLetter, 'id'>): Op<void> {
      yield* insert.write(at, what, channel, reason, JSON.stringify(item ?? null), null);
    },

    /** For what comes from outside: a provider delivers an item that we cannot read again and again. */
    *addOnce({ at, what, channel, reason, item }: Omit<DeadLetter, 'id'>): Op<void> {
      const json = JSON.stringify(item ?? null);
      const dedupe = createHash('sha256').update(`${channel}\0${json}`).digest().subarray(0, 16);
      yield* insert.write(at, what, channel, reason, json, dedupe);
    },

    *count(): Op<number> {
      return (yield* count.get())?.letters ?? 0;
    },

    *deadLetters(limit: number, before?: string): Op<readonly DeadLetter[]> {
      const rows = yield* newest.all(placeOf(before), limit);
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
