import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Acknowledgement } from '../../domain.ts';
import type { OrphanView, PageQuery, QuarantineReason, QuarantineView } from '../../ports.ts';
import { pkOf, placeOf, refOf } from './refs.ts';

/** The quarantine keeps this many, the newest: whoever may send statuses must not be able to fill the disk with them. */
const quarantineLimit = 10_000;

/** An orphan is kept for so long: Meta delivers again for seven days, and its message may be one of those. */
const orphanMs = 8 * 24 * 60 * 60 * 1000;

interface SetAsideRow {
  readonly pk: number;
  readonly received_at: number;
  readonly item: string;
}

/** Statuses that could not be folded: of messages that are not known yet, and of messages that they do not belong to. */
export function setAsideTables(db: DatabaseSync) {
  const addOrphan = db.prepare(
    `INSERT INTO orphan (provider, correlation, dedupe, received_at, item) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (dedupe) DO NOTHING`,
  );
  const orphansOf = db.prepare('SELECT * FROM orphan WHERE provider = ? ORDER BY pk');
  const orphansByCorrelation = db.prepare('SELECT * FROM orphan WHERE correlation = ? ORDER BY pk');
  const orphan = db.prepare('SELECT * FROM orphan WHERE pk = ?');
  const removeOrphan = db.prepare('DELETE FROM orphan WHERE pk = ?');
  const orphanPage = db.prepare(
    'SELECT * FROM orphan WHERE received_at < ? AND pk < ? ORDER BY pk DESC LIMIT ?',
  );
  const dropOrphans = db.prepare(
    'DELETE FROM orphan WHERE pk IN (SELECT pk FROM orphan WHERE received_at < ? ORDER BY received_at LIMIT 2)',
  );
  const countOrphans = db.prepare(
    `SELECT count(*) AS orphans, (SELECT count(*) FROM orphan WHERE received_at < ?) AS unmatched FROM orphan`,
  );
  const addQuarantine = db.prepare(
    `INSERT INTO quarantine (dedupe, received_at, reason, item) VALUES (?, ?, ?, ?) ON CONFLICT (dedupe) DO NOTHING`,
  );
  const trimQuarantine = db.prepare('DELETE FROM quarantine WHERE pk <= ?');
  const quarantined = db.prepare('SELECT * FROM quarantine WHERE pk = ?');
  const removeQuarantined = db.prepare('DELETE FROM quarantine WHERE pk = ?');
  const quarantinePage = db.prepare('SELECT * FROM quarantine WHERE pk < ? ORDER BY pk DESC LIMIT ?');
  const countQuarantine = db.prepare('SELECT count(*) AS quarantined FROM quarantine');

  const read = ({ item }: SetAsideRow) => JSON.parse(item) as Acknowledgement;
  const rows = (found: unknown[]) => found as unknown as SetAsideRow[];

  return {
    addOrphan(provider: Buffer, acknowledgement: Acknowledgement, now: number): void {
      dropOrphans.run(now - orphanMs);
      const item = JSON.stringify(acknowledgement);
      addOrphan.run(provider, acknowledgement.correlation ?? null, hashOf(item), now, item);
    },

    /** Takes the statuses that waited for a message out, by the provider's id and by our own. */
    takeOrphans(provider: Buffer, correlation: string): readonly Acknowledgement[] {
      const found = rows([...orphansOf.all(provider), ...orphansByCorrelation.all(correlation)]);
      const each = new Map(found.map(row => [row.pk, row]));
      for (const pk of each.keys()) removeOrphan.run(pk);
      return [...each.values()].map(read);
    },

    quarantine(acknowledgement: Acknowledgement, reason: QuarantineReason, now: number): void {
      const item = JSON.stringify(acknowledgement);
      const { lastInsertRowid, changes } = addQuarantine.run(hashOf(item), now, reason, item);
      if (Number(changes) > 0) trimQuarantine.run(Number(lastInsertRowid) - quarantineLimit);
    },

    /** One of them, and what it is. */
    find(ref: string) {
      const from = whatIs(ref);
      if (from === undefined) return undefined;
      const row = (from === 'orphan' ? orphan : quarantined).get(pkOf(ref)) as unknown as
        | SetAsideRow
        | undefined;
      return row && { acknowledgement: read(row), from };
    },

    remove(ref: string): void {
      (whatIs(ref) === 'orphan' ? removeOrphan : removeQuarantined).run(pkOf(ref));
    },

    listOrphans({
      limit,
      before,
      receivedBefore,
    }: PageQuery & { receivedBefore: number }): readonly OrphanView[] {
      return rows(orphanPage.all(receivedBefore, placeOf(before), limit)).map(row => ({
        id: refOf('orphan', row.pk),
        receivedAt: row.received_at,
        acknowledgement: read(row),
      }));
    },

    listQuarantine({ limit, before }: PageQuery): readonly QuarantineView[] {
      const found = quarantinePage.all(placeOf(before), limit) as unknown as (SetAsideRow & {
        reason: QuarantineReason;
      })[];
      return found.map(row => ({
        id: refOf('quarantine', row.pk),
        receivedAt: row.received_at,
        reason: row.reason,
        acknowledgement: read(row),
      }));
    },

    count(receivedBefore: number): { orphans: number; unmatched: number; quarantined: number } {
      const { orphans, unmatched } = countOrphans.get(receivedBefore) as {
        orphans: number;
        unmatched: number;
      };
      const { quarantined } = countQuarantine.get() as { quarantined: number };
      return { orphans, unmatched, quarantined };
    },
  };
}

/** See {@link setAsideTables}. */
export type SetAsideTables = ReturnType<typeof setAsideTables>;

function whatIs(ref: string): 'orphan' | 'quarantined' | undefined {
  const pk = pkOf(ref);
  if (ref === refOf('orphan', pk)) return 'orphan';
  return ref === refOf('quarantine', pk) ? 'quarantined' : undefined;
}

function hashOf(item: string): Buffer {
  return createHash('sha256').update(item).digest().subarray(0, 16);
}
