import { createHash } from 'node:crypto';
import type { Acknowledgement } from '../../domain.ts';
import type { OrphanView, PageQuery, QuarantineReason, QuarantineView } from '../../ports.ts';
import { counted } from './counted.ts';
import { pkOf, placeOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';

/** The quarantine keeps this many, the newest: whoever may send statuses must not be able to fill the disk with them. */
const quarantineLimit = 10_000;

/** An orphan is kept for so long: Meta delivers again for seven days, and its message may be one of those. */
const orphanMs = 8 * 24 * 60 * 60 * 1000;

type SetAside = 'orphan' | 'quarantined';

interface SetAsideRow {
  readonly pk: number;
  readonly received_at: number;
  readonly item: string;
}

/** Statuses that could not be folded: of messages that are not known yet, and of messages that they do not belong to. */
export function setAsideTables(sql: Sql) {
  const addOrphan = sql.prepare(
    `INSERT INTO orphan (provider, correlation, dedupe, received_at, item) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (dedupe) DO NOTHING`,
  );
  const orphansOf = sql.prepare<SetAsideRow>('SELECT * FROM orphan WHERE provider = ? ORDER BY pk', {
    types: ['bytea'],
  });
  const orphansByCorrelation = sql.prepare<SetAsideRow>(
    'SELECT * FROM orphan WHERE correlation = ? ORDER BY pk',
    { types: ['text'] },
  );
  const orphan = sql.prepare<SetAsideRow>('SELECT * FROM orphan WHERE pk = ?');
  const removeOrphan = sql.prepare('DELETE FROM orphan WHERE pk = ?');
  const orphanPage = sql.prepare<SetAsideRow>(
    'SELECT * FROM orphan WHERE received_at < ? AND pk < ? ORDER BY pk DESC LIMIT ?',
  );
  const dropOrphans = sql.prepare(
    `DELETE FROM orphan WHERE pk IN
       (SELECT pk FROM orphan WHERE received_at < ? ORDER BY received_at LIMIT 2 ${sql.dialect.skipLocked})`,
  );
  const countOrphans = sql.prepare<{ readonly orphans: number; readonly unmatched: number }>(
    `SELECT ${counted('orphan')} AS orphans, ${counted('orphan WHERE received_at < ?')} AS unmatched`,
  );
  const sameQuarantined = sql.prepare<object>('SELECT 1 FROM quarantine WHERE dedupe = ?');
  const addQuarantine = sql.prepare(
    `INSERT INTO quarantine (dedupe, received_at, reason, item) VALUES (?, ?, ?, ?) ON CONFLICT (dedupe) DO NOTHING`,
  );
  const trimQuarantine = sql.prepare(
    'DELETE FROM quarantine WHERE pk <= (SELECT max(pk) FROM quarantine) - ?',
  );
  const quarantined = sql.prepare<SetAsideRow>('SELECT * FROM quarantine WHERE pk = ?');
  const removeQuarantined = sql.prepare('DELETE FROM quarantine WHERE pk = ?');
  const quarantinePage = sql.prepare<SetAsideRow & { readonly reason: QuarantineReason }>(
    'SELECT * FROM quarantine WHERE pk < ? ORDER BY pk DESC LIMIT ?',
  );
  const countQuarantine = sql.prepare<{ readonly quarantined: number }>(
    `SELECT ${counted('quarantine')} AS quarantined`,
  );

  const read = ({ item }: SetAsideRow) => JSON.parse(item) as Acknowledgement;

  return {
    *addOrphan(provider: Buffer, acknowledgement: Acknowledgement, now: number): Op<void> {
      yield* dropOrphans.write(now - orphanMs);
      const item = JSON.stringify(acknowledgement);
      yield* addOrphan.write(provider, acknowledgement.correlation ?? null, hashOf(item), now, item);
    },

    /** Takes the statuses that waited for a message out, by the provider's id and by our own. */
    *takeOrphans(provider: Buffer, correlation: string): Op<readonly Acknowledgement[]> {
      const found = [...(yield* orphansOf.all(provider)), ...(yield* orphansByCorrelation.all(correlation))];
      const each = new Map(found.map(row => [row.pk, row]));
      for (const pk of each.keys()) yield* removeOrphan.run(pk);
      return [...each.values()].map(read);
    },

    *quarantine(acknowledgement: Acknowledgement, reason: QuarantineReason, now: number): Op<void> {
      const item = JSON.stringify(acknowledgement);
      const dedupe = hashOf(item);
      // Not left to the conflict: on PostgreSQL that would use up a key, and the limit goes by the keys.
      if ((yield* sameQuarantined.get(dedupe)) !== undefined) return;
      yield* addQuarantine.write(dedupe, now, reason, item);
      yield* trimQuarantine.write(quarantineLimit);
    },

    /** One of them, and what it is. */
    *find(ref: string): Op<{ acknowledgement: Acknowledgement; from: SetAside } | undefined> {
      const from = whatIs(ref);
      if (from === undefined) return undefined;
      const row = yield* (from === 'orphan' ? orphan : quarantined).get(pkOf(ref));
      return row && { acknowledgement: read(row), from };
    },

    *remove(ref: string): Op<void> {
      yield* (whatIs(ref) === 'orphan' ? removeOrphan : removeQuarantined).run(pkOf(ref));
    },

    *listOrphans({
      limit,
      before,
      receivedBefore,
    }: PageQuery & { receivedBefore: number }): Op<readonly OrphanView[]> {
      return (yield* orphanPage.all(receivedBefore, placeOf(before), limit)).map(row => ({
        id: refOf('orphan', row.pk),
        receivedAt: row.received_at,
        acknowledgement: read(row),
      }));
    },

    *listQuarantine({ limit, before }: PageQuery): Op<readonly QuarantineView[]> {
      return (yield* quarantinePage.all(placeOf(before), limit)).map(row => ({
        id: refOf('quarantine', row.pk),
        receivedAt: row.received_at,
        reason: row.reason,
        acknowledgement: read(row),
      }));
    },

    *count(receivedBefore: number): Op<{ orphans: number; unmatched: number; quarantined: number }> {
      const { orphans = 0, unmatched = 0 } = (yield* countOrphans.get(receivedBefore)) ?? {};
      const { quarantined = 0 } = (yield* countQuarantine.get()) ?? {};
      return { orphans, unmatched, quarantined };
    },
  };
}

/** See {@link setAsideTables}. */
export type SetAsideTables = ReturnType<typeof setAsideTables>;

function whatIs(ref: string): SetAside | undefined {
  const pk = pkOf(ref);
  if (ref === refOf('orphan', pk)) return 'orphan';
  return ref === refOf('quarantine', pk) ? 'quarantined' : undefined;
}

function hashOf(item: string): Buffer {
  return createHash('sha256').update(item).digest().subarray(0, 16);
}
