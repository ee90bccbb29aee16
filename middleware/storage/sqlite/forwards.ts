import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Forward, ForwardAdded, ForwardEnd, ForwardRequest, NewForward } from '../../ports.ts';
import type { LetterTable } from './letters.ts';
import { prepareRows } from './rows.ts';

interface ForwardRow {
  readonly pk: number;
  readonly channel: NewForward['channel'];
  readonly lane: string;
  readonly request: string;
  readonly created_at: number;
  readonly attempts: number;
}

/** What a dead letter has of a request: enough to pass it on again. */
type ForwardLetter = Pick<NewForward, 'lane' | 'request'>;

/** How long a request's key is remembered, as that of a message is: providers try again for minutes to days. */
const keyLifetimeMs = 8 * 24 * 60 * 60 * 1000;
/** Keys that are forgotten with each one that is added: more than come in, so that they never pile up. */
const forgottenAtOnce = 10;

/**
 * The requests that have to be passed on. Each lane has one row that says when somebody should look: it is there as long as
 * requests of the lane are, and while it is leased nobody else gets the first of them.
 */
export function forwardTable(db: DatabaseSync, letters: LetterTable) {
  const remember = db.prepare('INSERT INTO forward_key (dedupe, at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const forget = db.prepare(
    'DELETE FROM forward_key WHERE dedupe IN (SELECT dedupe FROM forward_key WHERE at < ? ORDER BY at LIMIT ?)',
  );
  const insert = db.prepare('INSERT INTO forward (channel, lane, request, created_at) VALUES (?, ?, ?, ?)');
  const byPk = prepareRows<ForwardRow>(db, 'SELECT * FROM forward WHERE pk = ?');
  const first = prepareRows<ForwardRow>(db, 'SELECT * FROM forward WHERE lane = ? ORDER BY pk LIMIT 1');
  const countTry = db.prepare('UPDATE forward SET attempts = attempts + 1 WHERE pk = ?');
  const remove = db.prepare('DELETE FROM forward WHERE pk = ?');
  const count = db.prepare('SELECT count(*) AS count FROM forward');

  const openLane = db.prepare(
    'INSERT INTO forward_lane (lane, due_at, leased) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const setLane = db.prepare('UPDATE forward_lane SET due_at = ?, leased = ? WHERE lane = ?');
  const closeLane = db.prepare('DELETE FROM forward_lane WHERE lane = ?');
  const due = prepareRows<{ lane: string }>(
    db,
    'SELECT lane FROM forward_lane WHERE due_at <= ? ORDER BY due_at LIMIT ?',
  );
  const nextDue = prepareRows<{ at: number | null }>(db, 'SELECT min(due_at) AS at FROM forward_lane');

  /** Hands out the first request of a lane; where there is none, the lane goes. */
  function lease(lane: string, until: number): Forward | undefined {
    const row = first.get(lane);
    if (row === undefined) closeLane.run(lane);
    else setLane.run(until, 1, lane);
    return row && toForward(row);
  }

  return {
    addForward(forward: NewForward, now: number, leaseMs: number): ForwardAdded {
      const { channel, lane, request, passed = false } = forward;
      if (remember.run(dedupeKey(forward), now).changes === 0) return { status: 'known' };
      forget.run(now - keyLifetimeMs, forgottenAtOnce);
      if (passed) return { status: 'known' };
      const { lastInsertRowid } = insert.run(channel, lane, JSON.stringify(request), now);
      const opened = openLane.run(lane, now + leaseMs, leaseMs > 0 ? 1 : 0).changes === 1;
      return { status: opened && leaseMs > 0 ? 'claimed' : 'waiting', id: String(lastInsertRowid) };
    },

    claimForwards(now: number, limit: number, leaseMs: number) {
      const forwards = due
        .all(now, limit)
        .map(({ lane }) => lease(lane, now + leaseMs))
        .filter(forward => forward !== undefined);
      return { forwards, nextDueAt: nextDue.get()?.at ?? undefined };
    },

    endForward(id: string, end: ForwardEnd, now: number, leaseMs: number) {
      const row = byPk.get(Number(id));
      // Whoever took it over when the lease had ended was quicker.
      if (row === undefined) return { next: undefined, nextDueAt: undefined };
      const { pk, lane } = row;
      const isFirst = first.get(lane)?.pk === pk;
      if (end.how === 'retry') {
        countTry.run(pk);
        setLane.run(end.dueAt, 0, lane);
        return { next: undefined, nextDueAt: end.dueAt };
      }
      if (end.how === 'dead') {
        const item: ForwardLetter = { lane, request: toForward(row).request };
        letters.add({ at: now, what: 'forward', channel: row.channel, reason: end.reason, item });
      }
      remove.run(pk);
      return { next: isFirst ? lease(lane, now + leaseMs) : undefined, nextDueAt: undefined };
    },

    countForwards: () => (count.get() as { count: number }).count,

    /** Passes on again what became a dead letter: behind what waits of its lane, with all its tries before it. */
    reviveForward(channel: NewForward['channel'], { lane, request }: ForwardLetter, now: number): void {
      insert.run(channel, lane, JSON.stringify(request), now);
      openLane.run(lane, now, 0);
    },
  };
}

/** See {@link forwardTable}. */
export type ForwardTable = ReturnType<typeof forwardTable>;

function toForward({ pk, lane, request, created_at, attempts }: ForwardRow): Forward {
  const parsed = JSON.parse(request) as ForwardRequest;
  return { id: String(pk), lane, request: parsed, createdAt: created_at, attempts };
}

function dedupeKey({ channel, key }: NewForward): Buffer {
  return hash('sha256', `${channel}\0${key}`, 'buffer').subarray(0, 16);
}
