import { rankOf } from '../../acknowledgements/fold.ts';
import type { FigureCount, FigureQuery, StuckCount } from '../../ports.ts';
import { isNone } from './lookups.ts';
import type { Op, Sql } from './sql.ts';

/** The figures of the store: rows that add up, and what can be counted from an index. */
export function figureTable(sql: Sql) {
  const insert = sql.prepare(
    `INSERT INTO figure (hour, channel, business, name, bin, count) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (hour, channel, business, name, bin) DO UPDATE SET count = figure.count + excluded.count`,
  );
  const sums = (hour: string) =>
    sql.prepare<FigureCount>(
      `SELECT channel, business, ${hour} AS hour, name, bin, CAST(sum(count) AS BIGINT) AS count FROM figure
       WHERE hour >= :from AND hour < :to
         AND (CAST(:channel AS TEXT) IS NULL OR channel = :channel)
         AND (CAST(:business AS TEXT) IS NULL OR business = :business)
         AND (CAST(:names AS TEXT) IS NULL OR name IN (${sql.dialect.textsIn(':names')}))
       GROUP BY ${hour}, channel, business, name, bin HAVING sum(count) <> 0
       ORDER BY ${hour}, channel, business, name, bin`,
    );
  const byHour = sums('figure.hour');
  const total = sums('CAST(:from AS BIGINT)');
  const underWay = `SELECT pk FROM ledger
    WHERE level < ${rankOf('delivered')} AND accepted_at >= :from AND accepted_at < :to ORDER BY accepted_at DESC`;
  const stuck = sql.prepare<StuckCount>(
    `SELECT c.channel, c.business, count(*) AS count
     FROM (${underWay} LIMIT :lookAt) u JOIN ledger l ON l.pk = u.pk JOIN conversation c ON c.pk = l.conversation
     WHERE l.origin = 'own' AND l.revoked_at IS NULL
       AND (l.noted = 0 OR ${isNone(`ledger_note WHERE ledger = l.pk AND kind = 'failure'`)})
     GROUP BY c.channel, c.business ORDER BY c.channel, c.business`,
  );
  const afterThose = sql.prepare<object>(`${underWay} LIMIT 1 OFFSET :lookAt`);
  return {
    *addFigures(counts: readonly FigureCount[]): Op<void> {
      for (const { hour, channel, business, name, bin, count } of counts.toSorted(byKey))
        yield* insert.write(hour, channel, business, name, bin, count);
    },

    *figures(query: FigureQuery): Op<readonly FigureCount[]> {
      const { from, to, channel = null, business = null, names } = query;
      const values = {
        from,
        to,
        channel,
        business,
        names: names === undefined ? null : JSON.stringify(names),
      };
      return yield* (query.byHour === true ? byHour : total).all(values);
    },

    *stuck(query: {
      from: number;
      to: number;
      lookAt: number;
    }): Op<{ counts: readonly StuckCount[]; more: boolean }> {
      const counts = yield* stuck.all(query);
      return { counts, more: (yield* afterThose.get(query)) !== undefined };
    },
  };
}

/** Rows are written in an order that all processes keep: so no two of them wait for each other. */
function byKey(one: FigureCount, other: FigureCount): number {
  return keyOf(one) < keyOf(other) ? -1 : 1;
}

function keyOf({ hour, channel, business, name, bin }: FigureCount): string {
  return JSON.stringify([hour, channel, business, name, bin]);
}
