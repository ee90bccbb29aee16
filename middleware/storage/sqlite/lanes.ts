import type { DatabaseSync } from 'node:sqlite';
import { type Claim, type WorkKind, workKinds } from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import { prepareRows } from './rows.ts';

interface LaneRow {
  readonly kind: WorkKind;
  readonly conversation: number;
  readonly due_at: number;
  readonly leased: 0 | 1;
}

/**
 * The lanes: for each conversation and kind of work at most one row, that says when somebody should look. One row
 * is what keeps a conversation's work in order, and what makes a look for due work cost the same whatever waits.
 */
export function laneTable(db: DatabaseSync, conversations: ConversationTable) {
  const select = prepareRows<Pick<LaneRow, 'leased'>>(
    db,
    'SELECT leased FROM lane WHERE kind = ? AND conversation = ?',
  );
  const upsert = db.prepare(
    `INSERT INTO lane (kind, conversation, due_at, leased) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET due_at = excluded.due_at, leased = excluded.leased`,
  );
  const remove = db.prepare('DELETE FROM lane WHERE kind = ? AND conversation = ?');
  const lease = db.prepare(
    `INSERT INTO lane (kind, conversation, due_at, leased) VALUES (?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET due_at = excluded.due_at, leased = 1 WHERE leased = 0`,
  );
  const hasten = db.prepare(
    `INSERT INTO lane (kind, conversation, due_at, leased) VALUES (?, ?, ?, 0)
     ON CONFLICT DO UPDATE SET due_at = excluded.due_at WHERE leased = 0 AND excluded.due_at < due_at`,
  );
  const due = prepareRows<Pick<LaneRow, 'conversation'>>(
    db,
    'SELECT conversation FROM lane WHERE kind = ? AND due_at <= ? ORDER BY due_at LIMIT ?',
  );
  const next = db.prepare('SELECT min(due_at) AS at FROM lane WHERE kind = ?');

  const set = (kind: WorkKind, conversation: number, dueAt: number, leased: 0 | 1) =>
    void upsert.run(kind, conversation, dueAt, leased);

  return {
    /** Whether anything waits or is under way in the lane. */
    busy: (kind: WorkKind, conversation: number) => select.get(kind, conversation) !== undefined,

    /**
     * Says that something falls due. Due at once in a free lane means that the caller gets it.
     *
     * @param leaseMs for how long; 0: the caller has no room, the lane stays due for whoever has
     */
    offer(kind: WorkKind, conversation: number, dueAt: number, now: number, leaseMs: number): boolean {
      if (dueAt <= now && leaseMs > 0) return lease.run(kind, conversation, now + leaseMs).changes === 1;
      hasten.run(kind, conversation, dueAt);
      return false;
    },

    /** Takes a lane for the caller, whatever it waits for. */
    lease: (kind: WorkKind, conversation: number, until: number) => set(kind, conversation, until, 1),

    /** Gives a lane back: to wait until `dueAt`, or to vanish where there is nothing to wait for. */
    release(kind: WorkKind, conversation: number, dueAt: number | undefined): void {
      if (dueAt === undefined) remove.run(kind, conversation);
      else set(kind, conversation, dueAt, 0);
    },

    /** Moves a free lane to its new due time; a leased one is moved by whoever holds it. */
    move(kind: WorkKind, conversation: number, dueAt: number | undefined): void {
      const row = select.get(kind, conversation);
      if (row?.leased !== 1) this.release(kind, conversation, dueAt);
    },

    claimDue(now: number, room: Readonly<Record<WorkKind, number>>, leaseMs: number) {
      const claims: Claim[] = [];
      let nextDueAt: number | undefined;
      for (const kind of workKinds) {
        if (room[kind] <= 0) continue;
        for (const row of due.all(kind, now, room[kind])) {
          set(kind, row.conversation, now + leaseMs, 1);
          claims.push({ kind, conversation: toConversation(conversations.byPk(row.conversation)) });
        }
        const { at } = next.get(kind) as { at: number | null };
        if (at !== null) nextDueAt = Math.min(at, nextDueAt ?? at);
      }
      return { claims, nextDueAt };
    },
  };
}

/** See {@link laneTable}. */
export type LaneTable = ReturnType<typeof laneTable>;
