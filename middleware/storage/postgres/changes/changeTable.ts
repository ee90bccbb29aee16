import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { LoggedChange } from '../../../changeLog.ts';
import { unavailable } from '../../commitQueue.ts';
import { newsChannel, nobody, spoken } from '../news.ts';
import { idOf, isBehind, type Place } from './place.ts';

/** A change before it has a place. */
export type NewChange = Pick<LoggedChange, 'conversation' | 'text'>;

/** A change with its place. */
export interface PlacedChange extends LoggedChange {
  readonly place: Place;
}

/** What was read behind a place. */
export interface ChangesRead {
  readonly changes: readonly PlacedChange[];
  /**
   * Whether there are more that nobody may read yet, as a transaction before them has not ended. Ours end in milliseconds. Of
   * somebody else's it is known only by asking that they add nothing: see {@link ChangeTable.after}.
   */
  readonly pending: boolean;
}

/** For how long changes are kept after somebody has said that they read. */
const readForSeconds = 5 * 60;
/** How old a change becomes. */
const keptForSeconds = 15 * 60;
/** Removed at once: a piece takes milliseconds. */
const removedAtOnce = 1000;

interface ReadRow {
  readonly epoch: string;
  readonly whole: boolean;
  readonly xid: string | null;
  readonly pk: number;
  readonly conversation: string | null;
  readonly item: string;
  readonly settled: boolean;
}

/**
 * The first transaction that may still add changes: all before it have ended, and are seen by any later statement. Others
 * that write, for hours perhaps, are not waited for.
 *
 * Whoever adds changes does nothing before in its transaction. So it locks the table first, then draws its number, and lets go
 * of the lock when all can see that it has ended. The locks are read after the snapshot of this statement was taken: of
 * those with a number below the snapshot's end, one that is not among the holders then has ended. A holder whose number is
 * not known is about to draw it, or has just: then all transactions of the server are waited for, as with `xmin`.
 */
const firstUnsettled = `(
  WITH held AS MATERIALIZED (SELECT locktype, database, relation, mode, virtualtransaction, transactionid FROM pg_locks),
    adding AS (
      SELECT DISTINCT virtualtransaction FROM held WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'
        AND relation = CAST('change' AS regclass)
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
    numbers AS (
      SELECT h.transactionid FROM adding LEFT JOIN held h ON h.virtualtransaction = adding.virtualtransaction
        AND h.locktype = 'transactionid' AND h.mode = 'ExclusiveLock')
  SELECT CASE WHEN EXISTS (SELECT 1 FROM numbers WHERE transactionid IS NULL) THEN pg_snapshot_xmin(seen)
    ELSE coalesce(
      (SELECT min(xid) FROM pg_snapshot_xip(seen) AS xid WHERE CAST(xid AS xid) IN (SELECT transactionid FROM numbers)),
      pg_snapshot_xmax(seen)) END
  FROM pg_current_snapshot() AS seen)`;

/** Every process looks which log there is, if any. */
const tellReaders = `pg_notify('${newsChannel}', '${spoken('readers', nobody)}')`;

/** The tables `change_log`, which has a row while changes are to be added, and `change`. */
export class ChangeTable {
  readonly #pool: Pool;
  readonly #me: { readonly id: number };
  /** The furthest place so far that all before it could be read. */
  #latest: Place | undefined;

  constructor(pool: Pool, me: { readonly id: number }) {
    this.#pool = pool;
    this.#me = me;
  }

  /** The epoch of the log that changes are added to; `undefined`: nobody reads. */
  async epoch(): Promise<string | undefined> {
    const [row] = await this.#ask<{ epoch: string }>('SELECT epoch FROM change_log');
    return row?.epoch;
  }

  /** Somebody reads for the next minutes: begins the log where there is none. Answers its epoch. */
  async read(): Promise<string> {
    const [row] = await this.#ask<{ epoch: string }>(
      `WITH read AS (
         INSERT INTO change_log (pk, epoch, read_until) VALUES (1, $1, clock_timestamp() + make_interval(secs => $2))
         ON CONFLICT (pk) DO UPDATE SET read_until = excluded.read_until RETURNING epoch)
       SELECT epoch, CASE WHEN epoch = $1 THEN ${tellReaders} END AS told FROM read`,
      [newEpoch(), readForSeconds],
    );
    return (row as { epoch: string }).epoch;
  }

  /** This process adds to the log of this epoch from now on. */
  async agree(epoch: string): Promise<void> {
    await this.#ask('UPDATE instance SET adds_to = $1 WHERE id = $2', [epoch, this.#me.id]);
  }

  /** Whether all processes add to the log of this epoch. */
  async isAgreed(epoch: string): Promise<boolean> {
    const [row] = await this.#ask<{ agreed: boolean }>(
      'SELECT NOT EXISTS (SELECT 1 FROM instance WHERE adds_to IS DISTINCT FROM $1) AS agreed',
      [epoch],
    );
    return row?.agreed === true;
  }

  /** Adds changes, in their order, and tells the other processes. A transaction of its own: {@link firstUnsettled} says why. */
  async add(changes: readonly NewChange[]): Promise<void> {
    await this.#ask(
      `WITH added AS (
         INSERT INTO change (conversation, item)
         SELECT conversation, item FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (conversation, item, place)
         ORDER BY place)
       SELECT pg_notify('${newsChannel}', $1)`,
      [
        spoken('changes', this.#me.id),
        changes.map(({ conversation }) => conversation ?? null),
        changes.map(({ text }) => text),
      ],
    );
  }

  /** Not all that changed was added: no place from before is read any more. */
  async beginAnew(): Promise<void> {
    await this.#ask(
      `WITH begun AS (UPDATE change_log SET epoch = $1, floor_xid = DEFAULT, floor_pk = DEFAULT RETURNING 1)
       SELECT ${tellReaders} AS told FROM begun`,
      [newEpoch()],
    );
  }

  /** The place behind all that can be read now; `undefined`: there is no log. In one log it never goes back. */
  async latest(): Promise<Place | undefined> {
    const [row] = await this.#ask<{ epoch: string; xid: string }>(
      `SELECT epoch, ${firstUnsettled} AS xid FROM change_log`,
    );
    const place = row && { epoch: row.epoch, xid: BigInt(row.xid), pk: 0n };
    if (place?.epoch !== this.#latest?.epoch || (place && this.#latest && isBehind(place, this.#latest)))
      this.#latest = place;
    return this.#latest;
  }

  /**
   * What is behind a place, as {@link LoggedChange} has it; `undefined`: not all of it is there, or this is no place.
   *
   * @param others whether it may be read past transactions that are open and add no changes. To know them takes another
   *   question, over all locks of the server. Default `true`
   */
  async after({ epoch, xid, pk }: Place, limit: number, others = true): Promise<ChangesRead | undefined> {
    const latest = others ? await this.latest() : undefined;
    const rows = await this.#ask<ReadRow>(
      `SELECT l.epoch, c.*,
         (l.floor_xid, l.floor_pk) <= (CAST($1 AS xid8), CAST($2 AS bigint))
           AND CAST($1 AS xid8) <= pg_snapshot_xmax(pg_current_snapshot()) AS whole
       FROM change_log l LEFT JOIN LATERAL (
         SELECT xid, pk, conversation, item,
           xid < greatest(pg_snapshot_xmin(pg_current_snapshot()), CAST($4 AS xid8)) AS settled FROM change
         WHERE (xid, pk) > (CAST($1 AS xid8), CAST($2 AS bigint)) ORDER BY xid, pk LIMIT $3
       ) c ON TRUE ORDER BY c.xid, c.pk`,
      [String(xid), String(pk), limit, latest?.epoch === epoch ? String(latest.xid) : null],
    );
    const [first] = rows;
    if (first === undefined || first.epoch !== epoch || !first.whole) return undefined;
    const settled = rows.filter(row => row.xid !== null && row.settled);
    return {
      changes: settled.map(toChange),
      pending: first.xid !== null && settled.length < rows.length,
    };
  }

  /** Ends the log where nobody reads any more, and removes what is too old. One process does so at a time. */
  async sweep(): Promise<void> {
    await this.#ask(`DO $$ BEGIN
      DELETE FROM change_log WHERE read_until < clock_timestamp();
      IF FOUND THEN
        TRUNCATE change;
        PERFORM ${tellReaders};
      END IF;
    END $$`);
    let removed: number;
    do {
      const [row] = await this.#ask<{ removed: number }>(
        `WITH log AS (SELECT pk FROM change_log FOR UPDATE SKIP LOCKED),
         first AS (SELECT xid, pk, at FROM change ORDER BY xid, pk LIMIT $1),
         gone AS (
           DELETE FROM change c USING log, first
           WHERE (c.xid, c.pk) = (first.xid, first.pk) AND first.at < clock_timestamp() - make_interval(secs => $2)
           RETURNING c.xid, c.pk),
         floor AS (
           UPDATE change_log SET floor_xid = last.xid, floor_pk = last.pk
           FROM (SELECT xid, pk FROM gone ORDER BY xid DESC, pk DESC LIMIT 1) last)
         SELECT count(*) AS removed FROM gone`,
        [removedAtOnce, keptForSeconds],
      );
      removed = row?.removed ?? 0;
    } while (removed === removedAtOnce);
  }

  async #ask<Row extends object>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#pool.query<Row>(text, [...values]);
      return rows;
    } catch (error) {
      throw unavailable('the log of changes does not answer', error);
    }
  }
}

function toChange({ epoch, xid, pk, conversation, item }: ReadRow): PlacedChange {
  const place = { epoch, xid: BigInt(String(xid)), pk: BigInt(pk) };
  const id = idOf(place);
  // The object as it was added, with one more member in front.
  const text = `{"id":"${id}"${item === '{}' ? '' : ','}${item.slice(1)}`;
  return { place, id, conversation: conversation ?? undefined, text };
}

function newEpoch(): string {
  return randomBytes(6).toString('hex');
}
