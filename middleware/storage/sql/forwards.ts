import { hash } from 'node:crypto';
import type { Forward, ForwardAdded, ForwardEnd, ForwardRequest, NewForward, Store } from '../../ports.ts';
import type { LetterTable } from './letters.ts';
import type { Op, Sql } from './sql.ts';

interface ForwardRow {
  readonly pk: number;
  readonly channel: NewForward['channel'];
  readonly lane: string;
  readonly request: string;
  readonly created_at: number;
  readonly attempts: number;
}

/** What `forward_lane` says of a request's lane: 0, or the number of the process that has it. */
interface LaneHolder {
  readonly leased: number;
}

/** What a dead letter has of a request: enough to pass it on again. */
type ForwardLetter = Pick<NewForward, 'lane' | 'request'>;

/** How long a request's key is remembered, as that of a message is: providers try again for minutes to days. */
const keyLifetimeMs = 8 * 24 * 60 * 60 * 1000;
/** Keys that are forgotten with each one that is added: more than come in, so that they never pile up. */
const forgottenAtOnce = 10;

/**
 * The requests that have to be passed on. Each lane has one row that says when somebody should look: it is there as long as
 * requests of the lane are, and while it is leased nobody else gets the first of them. Whoever adds a request or ends one has
 * its lane's row to itself until the transaction ends: else a lane could go while another process adds to it.
 */
export function forwardTable(sql: Sql, letters: LetterTable) {
  const { forUpdate, skipLocked } = sql.dialect;
  const remember = sql.prepare('INSERT INTO forward_key (dedupe, at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const forget = sql.prepare(
    `DELETE FROM forward_key WHERE dedupe IN
       (SELECT dedupe FROM forward_key WHERE at < ? ORDER BY at LIMIT ? ${skipLocked})`,
  );
  const insert = sql.prepare('INSERT INTO forward (channel, lane, request, created_at) VALUES (?, ?, ?, ?)');
  const byPk = sql.prepare<ForwardRow & LaneHolder>(
    `SELECT f.*, l.leased FROM forward f JOIN forward_lane l ON l.lane = f.lane WHERE f.pk = ? ${forUpdate}`,
  );
  const first = sql.prepare<ForwardRow>('SELECT * FROM forward WHERE lane = ? ORDER BY pk LIMIT 1');
  const countTry = sql.prepare('UPDATE forward SET attempts = attempts + 1 WHERE pk = ?');
  const remove = sql.prepare('DELETE FROM forward WHERE pk = ?');
  const count = sql.prepare<{ readonly count: number }>('SELECT count(*) AS count FROM forward');

  // One that is there is not changed, but held: nobody closes it before the request can be seen.
  const openLane = sql.prepare(
    `INSERT INTO forward_lane (lane, due_at, leased) VALUES (?, ?, ?)
     ON CONFLICT (lane) DO UPDATE SET due_at = forward_lane.due_at WHERE 1 = 0`,
  );
  const setLane = sql.prepare('UPDATE forward_lane SET due_at = ?, leased = ? WHERE lane = ?');
  // A request may have come to it since it was seen to have none.
  const closeLane = sql.prepare(
    `DELETE FROM forward_lane WHERE lane = ? AND NOT EXISTS
       (SELECT 1 FROM forward WHERE forward.lane = forward_lane.lane)`,
  );
  const isOurs = 'leased IN (0, ?)';
  const due = sql.prepare<{ readonly lane: string }>(
    `SELECT lane FROM forward_lane WHERE due_at <= ? AND ${isOurs} ORDER BY due_at LIMIT ? ${skipLocked}`,
  );
  const nextDue = sql.prepare<{ readonly at: number | null }>(
    `SELECT min(due_at) AS at FROM forward_lane WHERE ${isOurs}`,
  );

  /** Hands out the first request of a lane; where there is none, the lane goes. */
  function* lease(lane: string, until: number): Op<Forward | undefined> {
    const row = yield* first.get(lane);
    if (row === undefined) yield* closeLane.run(lane);
    else yield* setLane.write(until, sql.me, lane);
    return row && toForward(row);
  }

  return {
    *addForward(forward: NewForward, now: number, leaseMs: number): Op<ForwardAdded> {
      const { channel, lane, request, passed = false } = forward;
      if ((yield* remember.run(dedupeKey(forward), now)) === 0) return { status: 'known' };
      yield* forget.write(now - keyLifetimeMs, forgottenAtOnce);
      if (passed) return { status: 'known' };
      const pk = yield* insert.insert(channel, lane, JSON.stringify(request), now);
      const opened = yield* openLane.run(lane, now + leaseMs, leaseMs > 0 ? sql.me : 0);
      if (opened === 1 && leaseMs === 0) yield* sql.tell('due');
      return { status: opened === 1 && leaseMs > 0 ? 'claimed' : 'waiting', id: String(pk) };
    },

    *claimForwards(
      now: number,
      limit: number,
      leaseMs: number,
    ): Op<Awaited<ReturnType<Store['claimForwards']>>> {
      const forwards: Forward[] = [];
      for (const { lane } of yield* due.all(now, sql.me, limit)) {
        const forward = yield* lease(lane, now + leaseMs);
        if (forward !== undefined) forwards.push(forward);
      }
      return { forwards, nextDueAt: (yield* nextDue.get(sql.me))?.at ?? undefined };
    },

    *endForward(
      id: string,
      end: ForwardEnd,
      now: number,
      leaseMs: number,
    ): Op<Awaited<ReturnType<Store['endForward']>>> {
      const row = yield* byPk.get(Number(id));
      // Whoever took it over when the lease had ended was quicker.
      if (row === undefined) return { next: undefined, nextDueAt: undefined };
      const { pk, lane, leased } = row;
      // A lane that another process has taken over stays as it is.
      const hasLane = leased === 0 || leased === sql.me;
      if (end.how === 'retry') {
        yield* countTry.write(pk);
        if (hasLane) yield* setLane.write(end.dueAt, 0, lane);
        return { next: undefined, nextDueAt: end.dueAt };
      }
      if (end.how === 'dead') {
        const item: ForwardLetter = { lane, request: toForward(row).request };
        yield* letters.add({ at: now, what: 'forward', channel: row.channel, reason: end.reason, item });
      }
      const isFirst = (yield* first.get(lane))?.pk === pk;
      yield* remove.write(pk);
      const next = isFirst && hasLane ? yield* lease(lane, now + leaseMs) : undefined;
      return { next, nextDueAt: undefined };
    },

    *countForwards(): Op<number> {
      return (yield* count.get())?.count ?? 0;
    },

    /** Passes on again what became a dead letter: behind what waits of its lane, with all its tries before it. */
    *reviveForward(channel: NewForward['channel'], { lane, request }: ForwardLetter, now: number): Op<void> {
      yield* insert.insert(channel, lane, JSON.stringify(request), now);
      if ((yield* openLane.run(lane, now, 0)) === 1) yield* sql.tell('due');
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
