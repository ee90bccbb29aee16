import { deadAfterMs } from './instanceLife.ts';
import { newsChannel, nobody, spoken } from './news.ts';

/** Instances that have not been heard for too long, as a condition. */
export const areDead = `seen_at < clock_timestamp() - make_interval(secs => ${deadAfterMs / 1000})`;
/** In the place of a condition: none that is there. */
export const areNone = 'FALSE';

/** The tables whose rows an instance leases. Each has an index of those that are leased, and of no others. */
const leasing = ['lane', 'forward_lane', 'hook'] as const;
type Leasing = (typeof leasing)[number];

/** What is leased by one that is not there. What waits may be a million times more: it is not looked at. */
const strays = (table: Leasing) =>
  `SELECT leased FROM ${table} WHERE leased <> 0 AND NOT EXISTS (SELECT 1 FROM instance WHERE id = leased)`;

/** Counts the living, and tells whether there is something to {@link released | release}: what each instance asks each second. */
export function lookAfter(which: string): string {
  return `SELECT CAST(count(*) FILTER (WHERE NOT (${areDead})) AS INTEGER) AS living,
      count(*) FILTER (WHERE ${which}) > 0 OR ${leasing.map(table => `EXISTS (${strays(table)})`).join(' OR ')} AS some
    FROM instance`;
}

/**
 * Takes instances away, and makes what they had leased due. Who races for the same one waits, and finds it done. All others
 * are told, also where nothing was leased: what falls due later had a timer in the process that is gone, and nowhere else.
 *
 * What is leased by one that is not there is due as well: whoever was silent for too long, and lives, goes on leasing under its
 * old number until it notices.
 *
 * @param nobodyWorks whether nobody works there any more: then an escalation that was claimed is due as well, to be carried out again
 *   under the same key. Whoever stops in order has ended its work, or leaves it until the claim ends
 */
export function released(which: string, nobodyWorks: boolean): string {
  /** What somebody has locked may be waited for as long as that one is silent: it is freed with the next look. */
  const freed = (table: Leasing, row: string) =>
    `UPDATE ${table} SET leased = 0, due_at = 0 WHERE ctid = ANY (ARRAY
       (SELECT ctid FROM ${table} WHERE leased <> 0 AND leased IN (SELECT id FROM ended) FOR UPDATE SKIP LOCKED)) RETURNING ${row}`;
  return `WITH gone AS (DELETE FROM instance WHERE ${which} RETURNING id),
    ended AS (SELECT id FROM gone UNION ${leasing.map(strays).join(' UNION ')}),
    lanes AS (${freed('lane', 'kind, conversation')}),
    forwards AS (${freed('forward_lane', 'lane')}),
    hooks AS (${freed('hook', 'pk')}),
    escalations AS (UPDATE escalation SET due_at = 0 WHERE pk = ANY (ARRAY
      (SELECT pk FROM escalation WHERE ${nobodyWorks} AND state = 'claimed'
        AND conversation = ANY (ARRAY(SELECT conversation FROM lanes WHERE kind = 'escalation')) FOR UPDATE SKIP LOCKED)))
    SELECT (SELECT count(*) FROM gone) AS gone,
      (SELECT count(*) FROM lanes) + (SELECT count(*) FROM forwards) + (SELECT count(*) FROM hooks) AS freed,
      CASE WHEN EXISTS (SELECT 1 FROM ended) THEN pg_notify('${newsChannel}', '${spoken('due', nobody)}') END AS told`;
}
