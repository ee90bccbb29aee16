import type { DatabaseSync } from 'node:sqlite';
import type { Conversation } from '../../domain.ts';
import type {
  Admission,
  AdmissionBatch,
  AdmissionResult,
  Admitted,
  Claim,
  ReceiptDecision,
  WorkKind,
} from '../../ports.ts';
import { type ConversationRow, type ConversationTable, toConversation } from './conversations.ts';
import { dedupeKey } from './dedupeKey.ts';
import type { LaneTable } from './lanes.ts';
import type { LetterTable } from './letters.ts';
import type { ReceiptTable } from './receipts.ts';
import { refOf } from './refs.ts';

/** Admission: everything that a webhook brought, in one transaction. */
export function admission(
  db: DatabaseSync,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    receipts: ReceiptTable;
    letters: LetterTable;
  },
) {
  const { conversations, lanes, receipts, letters } = tables;
  const known = db.prepare('SELECT pk, conversation FROM inbound WHERE dedupe = ?');
  const insert = db.prepare(
    `INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at,
       receipt, until, due_at, because, ended_at, expires_at, solo, turn, turn_due)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const standing = db.prepare('SELECT receipt, because FROM inbound WHERE pk = ?');

  /** Whether the decision was made on what the conversation is now. */
  function isStale(
    row: ConversationRow | undefined,
    decidedOn: Conversation | undefined,
    batch: AdmissionBatch,
  ) {
    if (row === undefined) return false;
    if (decidedOn !== undefined) return row.version !== decidedOn.version;
    return row.version !== 0 || row.holder !== batch.firstHolder;
  }

  function write(row: ConversationRow, item: Admission, dedupe: Buffer, now: number): number {
    const { message, solo, characters, turn } = item;
    const receipt = coveredByLater(row, item) ?? item.receipt;
    const open = receipt?.outcome === 'scheduled' || receipt?.outcome === 'held';
    const { lastInsertRowid } = insert.run(
      row.pk,
      dedupe,
      message.providerId ?? null,
      message.kind,
      JSON.stringify(message.content),
      characters,
      message.sentAt,
      now,
      receipt?.outcome ?? null,
      receipt?.until ?? null,
      receipt?.dueAt ?? null,
      receipt?.because ?? null,
      receipt === undefined || open ? null : now,
      item.expiresAt ?? null,
      solo ? 1 : 0,
      turn ? 'pending' : null,
      turn ? now : null,
    );
    return Number(lastInsertRowid);
  }

  /** A message that comes late, behind one that was read already, is read: the customer sees it so. */
  function coveredByLater(
    row: ConversationRow,
    { receipt, solo, message }: Admission,
  ): ReceiptDecision | undefined {
    if (receipt === undefined || solo || row.read_at === null || message.sentAt >= row.read_at)
      return undefined;
    if (receipt.outcome !== 'scheduled' && receipt.outcome !== 'held') return undefined;
    return {
      outcome: 'covered',
      because: 'a later message of the conversation was marked read before this one came',
    };
  }

  return {
    admit(batch: AdmissionBatch): AdmissionResult {
      const { now, leaseMs, firstHolder } = batch;
      const stale = new Map<string, Conversation>();
      for (const { message, decidedOn } of batch.admissions) {
        const row = conversations.find(message);
        if (row !== undefined && isStale(row, decidedOn, batch)) stale.set(row.id, toConversation(row));
      }
      if (stale.size > 0)
        return { stale: [...stale.values()], admitted: [], claims: [], nextDueAt: undefined };

      const touched = new Map<
        number,
        { row: ConversationRow; fresh: boolean; turn: boolean; receipt: boolean }
      >();
      const written = batch.admissions.map(item => {
        const { message } = item;
        const dedupe = dedupeKey(message);
        const earlier = known.get(dedupe);
        if (earlier !== undefined) {
          const { pk, conversation } = earlier as { pk: number; conversation: number };
          return { status: 'duplicate' as const, pk, conversation };
        }
        const opens = message.kind === 'message';
        const found = conversations.find(message);
        const row = found ?? conversations.create(message, firstHolder, opens ? message.sentAt : 0);
        const pk = write(row, item, dedupe, now);
        const moves = opens && message.sentAt > row.window_from;
        if (moves) conversations.moveWindow(row.pk, message.sentAt);
        const before = touched.get(row.pk);
        touched.set(row.pk, {
          row: moves ? { ...row, window_from: message.sentAt } : row,
          fresh: before?.fresh ?? found === undefined,
          turn: item.turn || before?.turn === true,
          receipt: item.receipt !== undefined || before?.receipt === true,
        });
        return { status: 'admitted' as const, pk, conversation: row.pk };
      });
      for (const { reason, item, channel } of batch.rejected) {
        letters.addOnce({ at: now, what: 'webhook-item', channel, reason, item });
      }

      const claims: Claim[] = [];
      let nextDueAt: number | undefined;
      const offer = (kind: WorkKind, row: ConversationRow, dueAt: number, fresh: boolean) => {
        if (lanes.offer(kind, row.pk, dueAt, now, leaseMs, fresh)) {
          claims.push({ kind, conversation: toConversation(row) });
        } else if (dueAt > now) nextDueAt = Math.min(dueAt, nextDueAt ?? dueAt);
      };
      for (const { row, fresh, turn, receipt } of touched.values()) {
        // The turn first: its wish to show typing must be known when the receipt goes out.
        if (turn) offer('turn', row, now, fresh);
        if (!receipt) continue;
        receipts.applyBar(row.pk);
        const dueAt = receipts.nextDue(row.pk);
        if (dueAt !== undefined) offer('receipt', row, dueAt, fresh);
      }

      const admitted = written.map(({ status, pk, conversation }): Admitted => {
        const row = touched.get(conversation)?.row ?? conversations.byPk(conversation);
        const stands = standing.get(pk) as { receipt: ReceiptDecision['outcome'] | null; because: string };
        return {
          status,
          ref: refOf('message', pk),
          conversation: toConversation(row),
          ...(stands.receipt !== null && { receipt: { outcome: stands.receipt, because: stands.because } }),
        };
      });
      return { stale: [], admitted, claims, nextDueAt };
    },
  };
}
