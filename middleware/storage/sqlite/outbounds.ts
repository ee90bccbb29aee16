import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { OutboundState } from '../../domain.ts';
import type { Outbound, OutboundChange, OutboundRequest } from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import type { LaneTable } from './lanes.ts';
import type { LetterTable } from './letters.ts';
import { pkOf, refOf } from './refs.ts';

interface OutboundRow {
  readonly pk: number;
  readonly conversation: number;
  readonly hash: Uint8Array;
  readonly content: string;
  readonly correlation: string;
  readonly state: OutboundState;
  readonly provider_id: string | null;
  readonly attempts: number;
  readonly interrupted: number;
  readonly created_at: number;
  readonly due_at: number;
  readonly failure: string | null;
}

/** The outbound messages of the store. Those of one conversation go out one at a time, in the order they came. */
export function outboundTable(
  db: DatabaseSync,
  conversations: ConversationTable,
  lanes: LaneTable,
  letters: LetterTable,
) {
  const isUnsent = `state IN ('queued', 'sending')`;
  const byPk = db.prepare('SELECT * FROM outbound WHERE pk = ?');
  const ofTurn = db.prepare('SELECT * FROM outbound WHERE turn = ? AND ordinal = ? ORDER BY pk DESC LIMIT 1');
  const supersede = db.prepare(
    `UPDATE outbound SET state = 'failed', failure = 'superseded: the turn ran again and answered otherwise'
     WHERE turn = ? AND ordinal >= ? AND state = 'queued'`,
  );
  const drop = db.prepare(
    `UPDATE outbound SET state = 'failed', failure = 'superseded: an agent has taken the conversation'
     WHERE conversation = ? AND turn IS NOT NULL AND state = 'queued'`,
  );
  const insert = db.prepare(
    `INSERT INTO outbound (conversation, turn, ordinal, hash, content, correlation, state, created_at, due_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
  );
  const first = db.prepare(
    `SELECT * FROM outbound WHERE conversation = ? AND ${isUnsent} ORDER BY pk LIMIT 1`,
  );
  const take = db.prepare(
    `UPDATE outbound SET interrupted = interrupted + (state = 'sending'), state = 'sending' WHERE pk = ? RETURNING *`,
  );
  const change = db.prepare(
    `UPDATE outbound SET state = ?, provider_id = ?, due_at = coalesce(?, due_at), failure = ?,
       attempts = attempts + ?, interrupted = interrupted + ? WHERE pk = ? RETURNING *`,
  );

  const toOutbound = (row: OutboundRow): Outbound => ({
    ref: refOf('outbound', row.pk),
    conversation: toConversation(conversations.byPk(row.conversation)),
    content: JSON.parse(row.content),
    correlation: row.correlation,
    state: row.state,
    providerId: row.provider_id ?? undefined,
    attempts: row.attempts,
    interrupted: row.interrupted,
    createdAt: row.created_at,
    failure: row.failure ?? undefined,
  });

  /** Gives the lane back, to wait for the next message of the conversation if there is one. */
  function release(conversation: number): number | undefined {
    const next = first.get(conversation) as unknown as OutboundRow | undefined;
    lanes.release('outbound', conversation, next?.due_at);
    return next?.due_at;
  }

  return {
    addOutbound({
      conversation: id,
      content,
      correlation,
      now,
      leaseMs,
      turn,
      dueAt = now,
    }: OutboundRequest) {
      const conversation = conversations.rowOf(id);
      if (conversation === undefined) throw new RangeError(`no conversation ${id}`);
      const json = JSON.stringify(content);
      const hash = createHash('sha256').update(json).digest();
      if (turn !== undefined) {
        const earlier = ofTurn.get(pkOf(turn.ref), turn.ordinal) as unknown as OutboundRow | undefined;
        if (earlier !== undefined && hash.equals(earlier.hash))
          return { outbound: toOutbound(earlier), call: false };
        if (earlier !== undefined) supersede.run(pkOf(turn.ref), turn.ordinal);
      }
      const call = dueAt <= now && !lanes.busy('outbound', conversation.pk);
      if (call) lanes.lease('outbound', conversation.pk, now + leaseMs);
      else if (!lanes.busy('outbound', conversation.pk)) lanes.release('outbound', conversation.pk, dueAt);
      const row = insert.get(
        conversation.pk,
        turn === undefined ? null : pkOf(turn.ref),
        turn?.ordinal ?? null,
        hash,
        json,
        correlation,
        call ? 'sending' : 'queued',
        now,
        dueAt,
      );
      return { outbound: toOutbound(row as unknown as OutboundRow), call };
    },

    nextOutbound(id: string, now: number): Outbound | undefined {
      const conversation = conversations.rowOf(id);
      if (conversation === undefined) return undefined;
      const row = first.get(conversation.pk) as unknown as OutboundRow | undefined;
      if (row === undefined || (row.state === 'queued' && row.due_at > now)) {
        lanes.release('outbound', conversation.pk, row?.due_at);
        return undefined;
      }
      return toOutbound(take.get(row.pk) as unknown as OutboundRow);
    },

    changeOutbound(ref: string, to: OutboundChange, now: number): { nextDueAt: number | undefined } {
      const sent = to.state === 'sent' ? to.providerId : null;
      const dueAt = to.state === 'queued' ? to.dueAt : null;
      const failure = to.state === 'failed' ? to.failure : null;
      const counted = to.state === 'queued' && !to.counted ? 0 : 1;
      const interrupted = to.state === 'queued' && to.interrupted ? 1 : 0;
      const row = change.get(to.state, sent, dueAt, failure, counted, interrupted, pkOf(ref)) as unknown as
        | OutboundRow
        | undefined;
      if (row === undefined) return { nextDueAt: undefined };
      if (failure !== null) {
        const { channel } = conversations.byPk(row.conversation);
        const item = { outbound: ref, content: JSON.parse(row.content) };
        letters.add({ at: now, what: 'outbound', channel, reason: failure, item });
      }
      return { nextDueAt: release(row.conversation) };
    },

    dropReplies(id: string): number {
      const conversation = conversations.rowOf(id);
      return conversation === undefined ? 0 : Number(drop.run(conversation.pk).changes);
    },

    outbound(ref: string): Outbound | undefined {
      const row = byPk.get(pkOf(ref)) as unknown as OutboundRow | undefined;
      return row && toOutbound(row);
    },
  };
}
