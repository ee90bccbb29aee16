import { type Claim, type WorkKind, workKinds } from '../../ports.ts';
import { type ConversationRow, toConversation } from './conversations.ts';
import type { Op, Sql } from './sql.ts';

interface LaneRow {
  readonly conversation: number;
  readonly due_at: number;
  /** 0, or the process that has it. */
  readonly leased: number;
}

/** What is asked for with {@link leasedOf}. */
export interface Leased {
  /** The process that has the conversation's lane; 0 or `null`: none. */
  readonly leased: number | null;
}

/** A column that tells who has a kind of work of a row's conversation. */
export const leasedOf = (kind: WorkKind, table: string) =>
  `(SELECT leased FROM lane WHERE lane.kind = '${kind}' AND lane.conversation = ${table}.conversation) AS leased`;

/** In the place of a process: nobody. */
const nobody = 0;
/** Whoever cannot take all that is due says so at most this often, in milliseconds: the others look on by themselves. */
const tellLeftEveryMs = 100;

/**
 * The lanes: for each conversation and kind of work at most one row, that says when somebody should look. One row
 * is what keeps a conversation's work in order, and what makes a look for due work cost the same whatever waits. A lane
 * that another process has leased is left to it.
 */
export function laneTable(sql: Sql) {
  let toldLeftAt = Number.NEGATIVE_INFINITY;
  const select = sql.prepare<Pick<LaneRow, 'leased'>>(
    'SELECT leased FROM lane WHERE kind = ? AND conversation = ?',
    { types: ['text', 'bigint'] },
  );
  /** Puts a lane where it is free, or where it is also `isTheirs`. */
  const putting = (isTheirs: string) => (given: string) =>
    `INSERT INTO lane (kind, conversation, due_at, leased) ${given}
     ON CONFLICT (kind, conversation) DO UPDATE SET due_at = excluded.due_at, leased = excluded.leased
     WHERE lane.leased = 0${isTheirs}`;
  const puttingMany = (put: (given: string) => string) => (given: string) =>
    `WITH t AS MATERIALIZED (SELECT t.* FROM ${given}),
       written AS (${put('SELECT p1, p2, p3, p4 FROM t')} RETURNING kind, conversation)
     SELECT t.call FROM t JOIN written ON written.kind = t.p1 AND written.conversation = t.p2`;
  const putFree = sql.prepare(putting('')('VALUES (?, ?, ?, ?)'), {
    types: ['text', 'bigint', 'bigint', 'int'],
    text: puttingMany(putting('')),
  });
  const putOwn = sql.prepare(putting(' OR lane.leased = ?')('VALUES (?, ?, ?, ?)'), {
    types: ['text', 'bigint', 'bigint', 'int', 'int'],
    // All of them are this process's.
    text: puttingMany(putting(' OR lane.leased IN (SELECT p5 FROM t)')),
  });
  const remove = sql.prepare('DELETE FROM lane WHERE kind = ? AND conversation = ? AND leased IN (0, ?)', {
    types: ['text', 'bigint', 'int'],
    text: given => `DELETE FROM lane USING ${given}
      WHERE kind = t.p1 AND conversation = t.p2 AND leased IN (0, t.p3) RETURNING t.call`,
  });
  const hastening = (given: string) =>
    `INSERT INTO lane (kind, conversation, due_at, leased) ${given}
     ON CONFLICT (kind, conversation) DO UPDATE SET due_at = excluded.due_at
     WHERE lane.leased = 0 AND excluded.due_at < lane.due_at`;
  const hasten = sql.prepare(hastening('VALUES (?, ?, ?, ?)'), {
    types: ['text', 'bigint', 'bigint', 'int'],
    text: puttingMany(hastening),
  });
  const due = sql.prepare<ConversationRow>(
    `SELECT c.* FROM (SELECT conversation, due_at FROM lane WHERE kind = ? AND due_at <= ? AND leased IN (0, ?)
       ORDER BY due_at LIMIT ? ${sql.dialect.skipLocked}) AS first
     JOIN conversation c ON c.pk = first.conversation ORDER BY first.due_at`,
  );
  const next = sql.prepare<Pick<LaneRow, 'due_at'>>(
    'SELECT due_at FROM lane WHERE kind = ? AND leased IN (0, ?) ORDER BY due_at LIMIT 1',
  );

  const put = (kind: WorkKind, conversation: number, dueAt: number, leased: number, of: number) =>
    of === nobody
      ? putFree.run(kind, conversation, dueAt, leased)
      : putOwn.run(kind, conversation, dueAt, leased, of);

  /** Takes a lane that is free, or that `of` has. */
  const take = (kind: WorkKind, conversation: number, until: number, of: number) =>
    put(kind, conversation, until, sql.me, of);

  /** Gives back a lane that is free, or that `of` has: to wait until `dueAt`, or to vanish. */
  const free = (kind: WorkKind, conversation: number, dueAt: number | undefined, of: number) =>
    dueAt === undefined ? remove.run(kind, conversation, of) : put(kind, conversation, dueAt, nobody, of);

  return {
    /** Whether another process has the lane: it was given to that one while this one was silent. */
    isTheirs: ({ leased }: Leased) => leased !== null && ![nobody, sql.me].includes(leased),

    /** Whether anything waits or is under way in the lane. */
    *busy(kind: WorkKind, conversation: number): Op<boolean> {
      return (yield* select.get(kind, conversation)) !== undefined;
    },

    /**
     * Says that something falls due. Due at once in a free lane means that the caller gets it, or else that the other
     * processes are told; what is due later is looked for by the caller, and when that dies by whoever notices.
     *
     * @param leaseMs for how long; 0: the caller has no room, the lane stays due for whoever has
     */
    *offer(kind: WorkKind, conversation: number, dueAt: number, now: number, leaseMs: number): Op<boolean> {
      if (dueAt <= now && leaseMs > 0) return (yield* take(kind, conversation, now + leaseMs, nobody)) === 1;
      const hastened = yield* hasten.run(kind, conversation, dueAt, nobody);
      if (dueAt <= now && hastened > 0) yield* sql.tell('due');
      return false;
    },

    /** Takes a lane for the caller, whatever it waits for. */
    lease: (kind: WorkKind, conversation: number, until: number) => take(kind, conversation, until, sql.me),

    /** Gives a lane back: to wait until `dueAt`, or to vanish where there is nothing to wait for. */
    release: (kind: WorkKind, conversation: number, dueAt: number | undefined) =>
      free(kind, conversation, dueAt, sql.me),

    /** Moves a free lane to its new due time; a leased one is moved by whoever holds it. */
    move: (kind: WorkKind, conversation: number, dueAt: number | undefined) =>
      free(kind, conversation, dueAt, nobody),

    *claimDue(now: number, room: Readonly<Record<WorkKind, number>>, leaseMs: number) {
      const claims: Claim[] = [];
      let nextDueAt: number | undefined;
      let left = false;
      for (const kind of workKinds) {
        const taken = room[kind] <= 0 ? [] : yield* due.all(kind, now, sql.me, room[kind]);
        for (const row of taken) {
          yield* putOwn.write(kind, row.pk, now + leaseMs, sql.me, sql.me);
          claims.push({ kind, conversation: toConversation(row) });
        }
        const first = yield* next.get(kind, sql.me);
        if (first === undefined) continue;
        left ||= first.due_at <= now && taken.length >= room[kind];
        // Whoever has no room looks again when it has.
        if (room[kind] > 0) nextDueAt = Math.min(first.due_at, nextDueAt ?? first.due_at);
      }
      if (left && Math.abs(now - toldLeftAt) >= tellLeftEveryMs) {
        toldLeftAt = now;
        yield* sql.tell('due');
      }
      return { claims, nextDueAt };
    },
  };
}

/** See {@link laneTable}. */
export type LaneTable = ReturnType<typeof laneTable>;
