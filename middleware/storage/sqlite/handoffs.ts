import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { HandoffNotice } from '../../domain.ts';
import type { HandedOver, HolderChange, Store } from '../../ports.ts';
import { type ConversationRow, type ConversationTable, toConversation } from './conversations.ts';
import type { LaneTable } from './lanes.ts';
import { prepareRows } from './rows.ts';

/** The content of the turn in which a hand-off is looked at that has waited long enough. */
const overdue = JSON.stringify({ type: 'overdue' });

/** Who holds conversations, and what was handed over with them. */
export function handoffTable(
  db: DatabaseSync,
  { conversations, lanes }: { conversations: ConversationTable; lanes: LaneTable },
) {
  const change = prepareRows<ConversationRow>(
    db,
    `UPDATE conversation SET agent = :agent, assigned_to = :assignedTo, handoff = :handoff,
       version = version + (holder <> :holder), holder = :holder
     WHERE pk = :pk RETURNING *`,
  );
  const keep = db.prepare(
    `INSERT INTO handoff_notes (conversation, notes) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET notes = excluded.notes`,
  );
  const forget = db.prepare('DELETE FROM handoff_notes WHERE conversation = ?');
  const notesOf = db.prepare('SELECT notes FROM handoff_notes WHERE conversation = ?');
  // A turn stands in the row of what it answers, so this has one too: it runs in order with the customer's messages, and
  // again after a crash, as theirs do.
  const tell = db.prepare(
    `INSERT INTO inbound (conversation, dedupe, kind, content, characters, sent_at, admitted_at, solo, turn, turn_due)
     VALUES (:conversation, :dedupe, 'handoff', :content, 0, :now, :now, 1, 'pending', :now)
     ON CONFLICT DO NOTHING`,
  );

  // Behind whatever comes until then: a turn that is not due yet would keep back those after it.
  const wait = db.prepare(
    `INSERT INTO inbound (conversation, dedupe, kind, content, characters, sent_at, admitted_at, solo, turn, turn_due)
     VALUES (:conversation, randomblob(16), 'handoff', '${overdue}', 0, :at, :now, 1, 'pending', :at)`,
  );
  // Ended and not deleted: the id of a turn that may be under way must not come again.
  const waitNoMore = db.prepare(
    `UPDATE inbound SET turn = 'done'
     WHERE conversation = ? AND turn = 'pending' AND kind = 'handoff' AND content = '${overdue}'`,
  );

  /** Whether the bot is to be told now: of each hand-off and state it is told once. */
  function isNews(row: ConversationRow, notice: HandoffNotice, handoffAt: number, now: number): boolean {
    const dedupe = hash('sha256', `handoff\0${row.id}\0${handoffAt}\0${notice.state}`, 'buffer');
    const content = JSON.stringify({ type: 'handoff', handoff: notice });
    return tell.run({ conversation: row.pk, dedupe: dedupe.subarray(0, 16), content, now }).changes === 1;
  }

  return {
    handOver(id: string, to: HolderChange): HandedOver | undefined {
      const row = conversations.rowOf(id);
      if (row === undefined) return undefined;
      const { holder, agent, assignedTo, handoff, notes, now, leaseMs } = to;
      const changed = change.get({
        pk: row.pk,
        holder,
        agent: agent === undefined ? row.agent : agent,
        assignedTo: assignedTo === undefined ? row.assigned_to : assignedTo,
        handoff: handoff === undefined ? row.handoff : handoff && JSON.stringify(handoff),
      }) as ConversationRow;
      if (handoff === null) forget.run(row.pk);
      if (handoff === null || handoff?.acceptedAt !== undefined) waitNoMore.run(row.pk);
      if (notes !== undefined) keep.run(row.pk, JSON.stringify(notes));
      if (to.lookAt !== undefined) {
        wait.run({ conversation: row.pk, at: to.lookAt, now });
        lanes.offer('turn', row.pk, to.lookAt, now, 0);
      }
      const conversation = toConversation(changed);
      const { at = now } = handoff ?? toConversation(row).handoff ?? {};
      const told = to.tell !== undefined && isNews(row, to.tell, at, now);
      if (!told || !lanes.offer('turn', row.pk, now, now, leaseMs)) return { conversation, claims: [] };
      return { conversation, claims: [{ kind: 'turn', conversation }] };
    },

    handoffNotes(id: string): Awaited<ReturnType<Store['handoffNotes']>> {
      const row = conversations.rowOf(id);
      const found = row && (notesOf.get(row.pk) as { notes: string } | undefined);
      return found && JSON.parse(found.notes);
    },
  };
}
