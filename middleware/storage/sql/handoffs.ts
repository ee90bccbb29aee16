import { hash, randomBytes } from 'node:crypto';
import type { HandoffNotice } from '../../domain.ts';
import type { HandedOver, HolderChange, Store } from '../../ports.ts';
import { type ConversationRow, type ConversationTable, toConversation } from './conversations.ts';
import type { LaneTable } from './lanes.ts';
import { pkOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';

/** The content of the turn in which a hand-off is looked at that has waited long enough. */
const overdue = JSON.stringify({ type: 'overdue' });

/** Who holds conversations, and what was handed over with them. */
export function handoffTable(
  sql: Sql,
  { conversations, lanes }: { conversations: ConversationTable; lanes: LaneTable },
) {
  const change = sql.prepare<ConversationRow>(
    `UPDATE conversation SET agent = :agent, assigned_to = :assignedTo, handoff = :handoff,
       version = CASE WHEN holder <> :holder THEN version + 1 ELSE version END, holder = :holder
     WHERE pk = :pk RETURNING *`,
  );
  const keep = sql.prepare(
    `INSERT INTO handoff_notes (conversation, notes) VALUES (?, ?)
     ON CONFLICT (conversation) DO UPDATE SET notes = excluded.notes`,
  );
  const forget = sql.prepare('DELETE FROM handoff_notes WHERE conversation = ?');
  const countAct = sql.prepare('UPDATE inbound SET turn_acts = ? WHERE pk = ?');
  const notesOf = sql.prepare<{ readonly notes: string }>(
    'SELECT notes FROM handoff_notes WHERE conversation = ?',
  );
  // A turn stands in the row of what it answers, so this has one too: it runs in order with the customer's messages, and
  // again after a crash, as theirs do.
  const tell = sql.prepare(
    `INSERT INTO inbound (conversation, dedupe, kind, content, characters, sent_at, admitted_at, solo, turn, turn_due)
     VALUES (:conversation, :dedupe, 'handoff', :content, 0, :now, :now, 1, 'pending', :now)
     ON CONFLICT DO NOTHING`,
  );

  // Behind whatever comes until then: a turn that is not due yet would keep back those after it.
  const wait = sql.prepare(
    `INSERT INTO inbound (conversation, dedupe, kind, content, characters, sent_at, admitted_at, solo, turn, turn_due)
     VALUES (:conversation, :dedupe, 'handoff', '${overdue}', 0, :at, :now, 1, 'pending', :at)`,
  );
  // Ended and not deleted: the id of a turn that may be under way must not come again.
  const waitNoMore = sql.prepare(
    `UPDATE inbound SET turn = 'done'
     WHERE conversation = ? AND turn = 'pending' AND kind = 'handoff' AND content = '${overdue}'`,
  );

  /** Whether the bot is to be told now: of each hand-off and state it is told once. */
  function* isNews(row: ConversationRow, notice: HandoffNotice, handoffAt: number, now: number): Op<boolean> {
    const dedupe = hash('sha256', `handoff\0${row.id}\0${handoffAt}\0${notice.state}`, 'buffer');
    const content = JSON.stringify({ type: 'handoff', handoff: notice });
    return (yield* tell.run({ conversation: row.pk, dedupe: dedupe.subarray(0, 16), content, now })) === 1;
  }

  return {
    *handOver(id: string, to: HolderChange): Op<HandedOver | undefined> {
      const row = yield* conversations.rowOf(id);
      if (row === undefined) return undefined;
      const { holder, agent, assignedTo, handoff, notes, now, leaseMs } = to;
      const changed = (yield* change.get({
        pk: row.pk,
        holder,
        agent: agent === undefined ? row.agent : agent,
        assignedTo: assignedTo === undefined ? row.assigned_to : assignedTo,
        handoff: handoff === undefined ? row.handoff : handoff && JSON.stringify(handoff),
      })) as ConversationRow;
      if (to.turn !== undefined) yield* countAct.write(to.turn.ordinal + 1, pkOf(to.turn.ref));
      if (handoff === null) yield* forget.run(row.pk);
      if (handoff === null || handoff?.acceptedAt !== undefined) yield* waitNoMore.run(row.pk);
      if (notes !== undefined) yield* keep.write(row.pk, JSON.stringify(notes));
      if (to.lookAt !== undefined) {
        yield* wait.write({ conversation: row.pk, dedupe: randomBytes(16), at: to.lookAt, now });
        yield* lanes.offer('turn', row.pk, to.lookAt, now, 0);
      }
      const conversation = toConversation(changed);
      const { at = now } = handoff ?? toConversation(row).handoff ?? {};
      const told = to.tell !== undefined && (yield* isNews(row, to.tell, at, now));
      if (!told || !(yield* lanes.offer('turn', row.pk, now, now, leaseMs)))
        return { conversation, claims: [] };
      return { conversation, claims: [{ kind: 'turn', conversation }] };
    },

    *handoffNotes(id: string): Op<Awaited<ReturnType<Store['handoffNotes']>>> {
      const row = yield* conversations.rowOf(id);
      const found = row && (yield* notesOf.get(row.pk));
      return found && JSON.parse(found.notes);
    },
  };
}
