import type { InboundKind } from '../../domain.ts';
import type { DueTurn, TurnEnd, TurnEnded } from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import { type LaneTable, type Leased, leasedOf } from './lanes.ts';
import type { LetterTable } from './letters.ts';
import { aheadOf, type ReceiptTable } from './receipts.ts';
import { pkOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';
import type { StateTable } from './states.ts';

interface TurnRow extends Leased {
  readonly pk: number;
  readonly provider_id: string | null;
  readonly kind: InboundKind;
  readonly content: string;
  readonly characters: number;
  readonly sent_at: number;
  readonly admitted_at: number;
  readonly turn_due: number;
  readonly turn_attempts: number;
  readonly turn_acts: number;
}

/** The turns of the store: each stands in the row of the message that it answers. */
export function turnTable(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    letters: LetterTable;
    receipts: ReceiptTable;
    states: StateTable;
  },
) {
  const { conversations, lanes, letters, receipts, states } = tables;
  const leased = leasedOf('turn', 'inbound');
  const pending = sql.prepare<TurnRow>(
    `SELECT pk, provider_id, kind, content, characters, sent_at, admitted_at, turn_due, turn_attempts, turn_acts, ${leased}
     FROM inbound WHERE conversation = ? AND turn = 'pending' ORDER BY sent_at, pk LIMIT 2`,
    { types: ['bigint'] },
  );
  const begin = sql.prepare('UPDATE inbound SET turn_attempts = turn_attempts + 1 WHERE pk = ?', {
    types: ['bigint'],
    text: given =>
      `UPDATE inbound SET turn_attempts = turn_attempts + 1 FROM ${given} WHERE pk = t.p1 RETURNING t.call`,
  });
  const end = sql.prepare(
    `UPDATE inbound SET turn = ?, turn_due = coalesce(?, turn_due), turn_attempts = turn_attempts - ? WHERE pk = ?`,
    {
      types: ['text', 'bigint', 'int', 'bigint'],
      text: given => `UPDATE inbound SET turn = t.p1, turn_due = coalesce(t.p2, turn_due),
          turn_attempts = turn_attempts - t.p3 FROM ${given} WHERE pk = t.p4 RETURNING t.call`,
    },
  );
  const turnOf = sql.prepare<Pick<TurnRow, 'content' | 'leased'> & { readonly turn: string }>(
    `SELECT content, turn, ${leased} FROM inbound WHERE pk = ?`,
    { types: ['bigint'] },
  );

  return {
    *beginTurn(id: string, now: number): Op<DueTurn | undefined> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return undefined;
      const [row, another] = yield* pending.all(conversation.pk);
      if (row !== undefined && lanes.isTheirs(row)) return undefined;
      if (row === undefined || row.turn_due > now) {
        yield* lanes.release('turn', conversation.pk, row?.turn_due);
        return undefined;
      }
      yield* begin.write(row.pk);
      return {
        conversation: toConversation(conversation),
        message: {
          ref: refOf('message', row.pk),
          messageId: row.provider_id ?? undefined,
          kind: row.kind,
          content: JSON.parse(row.content),
          characters: row.characters,
          sentAt: row.sent_at,
          admittedAt: row.admitted_at,
        },
        attempt: row.turn_attempts + 1,
        acts: row.turn_acts,
        waiting: another !== undefined,
        ahead: aheadOf(yield* receipts.outlookOf(conversation.pk), row.pk),
      };
    },

    *endTurn(id: string, ref: string, how: TurnEnd, now: number): Op<TurnEnded> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return { more: false, nextDueAt: undefined, conflict: false };
      const pk = pkOf(ref);
      const row = yield* turnOf.get(pk);
      // Whoever has taken over runs it again, and has the last word.
      if (row !== undefined && lanes.isTheirs(row))
        return { more: false, nextDueAt: undefined, conflict: false };
      if (row?.turn === 'pending') {
        if (how.how === 'done' && (yield* states.writeState(how.state ?? [])).conflicts.length > 0)
          return { more: false, nextDueAt: undefined, conflict: true };
        if (how.how === 'retry') yield* end.run('pending', how.dueAt, how.counted ? 0 : 1, pk);
        else yield* end.write(how.how, null, 0, pk);
        if (how.how === 'dead') {
          const item = { message: ref, content: JSON.parse(row.content) };
          const { channel } = conversation;
          yield* letters.add({ at: now, what: 'turn', channel, reason: how.reason, item });
        }
      }
      const [next] = yield* pending.all(conversation.pk);
      if (next !== undefined && next.turn_due <= now)
        return { more: true, nextDueAt: undefined, conflict: false };
      yield* lanes.release('turn', conversation.pk, next?.turn_due);
      return { more: false, nextDueAt: next?.turn_due, conflict: false };
    },
  };
}
