import type { DatabaseSync } from 'node:sqlite';
import { rankOf } from '../../acknowledgements/fold.ts';
import type { FigureCount, FigureQuery, StuckCount } from '../../ports.ts';

/** The figures of the store: rows that add up, and what can be counted from an index. */
export function figureTable(db: DatabaseSync) {
  const insert = db.prepare(
    `INSERT INTO figure (hour, channel, business, name, bin, count) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  const sums = (hour: string) =>
    db.prepare(
      `SELECT channel, business, ${hour} AS hour, name, bin, sum(count) AS count FROM figure
       WHERE hour >= :from AND hour < :to
         AND (:channel IS NULL OR channel = :channel) AND (:business IS NULL OR business = :business)
         AND (:names IS NULL OR name IN (SELECT value FROM json_each(:names)))
       GROUP BY ${hour}, channel, business, name, bin HAVING sum(count) <> 0
       ORDER BY ${hour}, channel, business, name, bin`,
    );
  const byHour = sums('figure.hour');
  const total = sums(':from');
  const underWay = `SELECT pk FROM ledger
    WHERE level < ${rankOf('delivered')} AND accepted_at >= :from AND accepted_at < :to ORDER BY accepted_at DESC`;
  const stuck = db.prepare(
    `SELECT c.channel, c.business, count(*) AS count
     FROM (${underWay} LIMIT :lookAt) u JOIN ledger l ON l.pk = u.pk JOIN conversation c ON c.pk = l.conversation
     WHERE l.origin = 'own' AND l.revoked_at IS NULL
       AND (l.noted = 0 OR NOT EXISTS (SELECT 1 FROM ledger_note WHERE ledger = l.pk AND kind = 'failure'))
     GROUP BY c.channel, c.business ORDER BY c.channel, c.business`,
  );
  const afterThose = db.prepare(`${underWay} LIMIT 1 OFFSET :lookAt`);
  return {
    addFigures(counts: readonly FigureCount[]): void {
      for (const { hour, channel, business, name, bin, count } of counts)
        insert.run(hour, channel, business, name, bin, count);
    },

    figures(query: FigureQuery): readonly FigureCount[] {
      const { from, to, channel = null, business = null, names } = query;
      const values = {
        from,
        to,
        channel,
        business,
        names: names === undefined ? null : JSON.stringify(names),
      };
      return (query.byHour === true ? byHour : total).all(values) as unknown as FigureCount[];
    },

    stuck(query: { from: number; to: number; lookAt: number }) {
      const counts = stuck.all(query) as unknown as StuckCount[];
      return { counts, more: afterThose.get(query) !== undefined };
    },
  };
}
