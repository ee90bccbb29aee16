import type { Refusal } from '../../domain.ts';
import type { Op, Sql } from './sql.ts';

/** What a refused call was for: the receipt of an inbound message, or an outbound message. */
type Refused = 'receipt' | 'outbound';

/**
 * Why providers refused calls for good. They stand apart from the rows that they are about, which are written often and
 * rarely refused.
 */
export function refusalTable(sql: Sql) {
  const keep = sql.prepare(
    `INSERT INTO refusal (what, pk, item) VALUES (?, ?, ?)
     ON CONFLICT (what, pk) DO UPDATE SET item = excluded.item`,
  );
  const find = sql.prepare<{ item: string }>('SELECT item FROM refusal WHERE what = ? AND pk = ?');
  return {
    /** In the place of one that was kept before: a message may be tried again by hand, and be refused again. */
    keep: (what: Refused, pk: number, refusal: Refusal) => keep.run(what, pk, JSON.stringify(refusal)),

    *of(what: Refused, pk: number): Op<Refusal | undefined> {
      const row = yield* find.get(what, pk);
      return row && JSON.parse(row.item);
    },
  };
}

/** See {@link refusalTable}. */
export type RefusalTable = ReturnType<typeof refusalTable>;
