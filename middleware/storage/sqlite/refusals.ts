import type { DatabaseSync } from 'node:sqlite';
import type { Refusal } from '../../domain.ts';

/** What a refused call was for: the receipt of an inbound message, or an outbound message. */
type Refused = 'receipt' | 'outbound';

/**
 * Why providers refused calls for good. They stand apart from the rows that they are about, which are written often and
 * rarely refused.
 */
export function refusalTable(db: DatabaseSync) {
  const keep = db.prepare('INSERT OR REPLACE INTO refusal (what, pk, item) VALUES (?, ?, ?)');
  const find = db.prepare('SELECT item FROM refusal WHERE what = ? AND pk = ?');
  return {
    /** In the place of one that was kept before: a message may be tried again by hand, and be refused again. */
    keep(what: Refused, pk: number, refusal: Refusal): void {
      keep.run(what, pk, JSON.stringify(refusal));
    },

    of(what: Refused, pk: number): Refusal | undefined {
      const row = find.get(what, pk) as { item: string } | undefined;
      return row && JSON.parse(row.item);
    },
  };
}

/** See {@link refusalTable}. */
export type RefusalTable = ReturnType<typeof refusalTable>;
