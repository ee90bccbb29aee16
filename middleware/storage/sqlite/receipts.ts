import type { DatabaseSync } from 'node:sqlite';
import type { InboundMessage, Moment, ReceiptOutcome } from '../../domain.ts';
import { barLifted, behindBar } from '../../policy/holdBar.ts';
import type {
  MessageView,
  Receipt,
  ReceiptChange,
  ReceiptsAhead,
  ReceiptsChanged,
  TypingState,
} from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import { dedupeKey } from './dedupeKey.ts';
import type { LaneTable } from './lanes.ts';
import type { ReceiptStepTable } from './receiptSteps.ts';
import { pkOf, refOf } from './refs.ts';
import type { RefusalTable } from './refusals.ts';
import { prepareRows } from './rows.ts';

/** The receipt's part of a row of the table `inbound`: its {@link receiptColumns}. */
export interface ReceiptRow {
  readonly pk: number;
  readonly provider_id: string | null;
  readonly sent_at: number;
  readonly admitted_at: number;
  readonly receipt: ReceiptOutcome;
  readonly until: Moment | null;
  readonly due_at: number | null;
  readonly because: string;
  readonly ended_at: number | null;
  readonly expires_at: number | null;
  readonly solo: 0 | 1;
  readonly characters: number;
  readonly receipt_attempts: number;
}

/** The columns of a {@link ReceiptRow}. */
export const receiptColumns = `pk, provider_id, sent_at, admitted_at, receipt, until, due_at, because, ended_at, expires_at,
  solo, characters, receipt_attempts`;

/** How the open receipts of a conversation stand. */
export interface Outlook {
  /** How many there are. */
  readonly open: number;
  /** When the first of them is due, or expires. */
  readonly at: number | null;
  /** Those that are held, by a moment or behind another: where there is none, the bar has nothing to do. */
  readonly barred: number;
  /** The message of the only one, where that is scheduled and has not been tried. */
  readonly own: number | null;
}

/** What the reply to a message may have to wait for, as the conversation's receipts stand. */
export function aheadOf({ open, own, at }: Outlook, pk: number): ReceiptsAhead {
  if (open === 0) return { what: 'nothing' };
  return own === pk ? { what: 'own', dueAt: at ?? 0 } : { what: 'unknown' };
}

/** So many receipts of one conversation are handed out at once; of more, the rest comes when these have ended. */
const handOutLimit = 1000;

function toReceipt(row: ReceiptRow): Receipt {
  return {
    ref: refOf('message', row.pk),
    messageId: row.provider_id ?? undefined,
    outcome: row.receipt,
    because: row.because,
    sentAt: row.sent_at,
    admittedAt: row.admitted_at,
    solo: row.solo === 1,
    characters: row.characters,
    expiresAt: row.expires_at ?? undefined,
    attempts: row.receipt_attempts,
    at: row.ended_at ?? undefined,
    ...(row.until !== null && { until: row.until }),
    ...(row.due_at !== null && { dueAt: row.due_at }),
  };
}

/** The receipts of the store: each stands in the row of the message that it is owed for. */
export function receiptTable(
  db: DatabaseSync,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    refusals: RefusalTable;
    steps: ReceiptStepTable;
  },
) {
  const { conversations, lanes, refusals, steps } = tables;
  const isOpen = `receipt IN ('scheduled', 'held')`;
  const dueNow = prepareRows<ReceiptRow>(
    db,
    `SELECT ${receiptColumns} FROM inbound
     WHERE conversation = :conversation AND ${isOpen} AND (receipt = 'scheduled' OR expires_at <= :now)
     ORDER BY sent_at, pk LIMIT ${handOutLimit}`,
  );
  const upTo = prepareRows<ReceiptRow>(
    db,
    `SELECT * FROM (
       SELECT ${receiptColumns} FROM inbound
       WHERE conversation = :conversation AND ${isOpen}
         AND (:last IS NULL OR (sent_at, pk) <= (SELECT sent_at, pk FROM inbound WHERE pk = :last))
       ORDER BY sent_at DESC, pk DESC LIMIT ${handOutLimit}
     ) ORDER BY sent_at, pk`,
  );
  const anyOpen = db.prepare(`SELECT 1 FROM inbound WHERE conversation = ? AND ${isOpen} LIMIT 1`);
  const bar = `(SELECT sent_at, pk FROM inbound
    WHERE conversation = :conversation AND ${isOpen} AND receipt = 'held' AND until IS NOT NULL AND solo = 0
    ORDER BY sent_at, pk LIMIT 1)`;
  const holdBehind = prepareRows<ReceiptRow>(
    db,
    `UPDATE inbound SET receipt = 'held', because = :because
     WHERE conversation = :conversation AND ${isOpen} AND receipt = 'scheduled' AND solo = 0
       AND (sent_at, pk) > ${bar}
     RETURNING ${receiptColumns}`,
  );
  const freeBefore = prepareRows<ReceiptRow>(
    db,
    `UPDATE inbound SET receipt = 'scheduled', because = :because
     WHERE conversation = :conversation AND ${isOpen} AND receipt = 'held' AND until IS NULL AND solo = 0
       AND ((sent_at, pk) < ${bar} OR NOT EXISTS ${bar})
     RETURNING ${receiptColumns}`,
  );
  const newest = prepareRows<ReceiptRow>(
    db,
    `SELECT ${receiptColumns} FROM inbound WHERE conversation = ? AND receipt IS NOT NULL ORDER BY pk DESC LIMIT ?`,
  );
  const change = prepareRows<Pick<ReceiptRow, 'sent_at'>>(
    db,
    `UPDATE inbound SET receipt = ?, until = ?, due_at = ?, because = ?, ended_at = ?,
       receipt_attempts = coalesce(?, receipt_attempts)
     WHERE pk = ? AND ${isOpen} AND (receipt = 'scheduled' OR ? = 0) RETURNING sent_at`,
  );
  const outlook = prepareRows<Outlook>(
    db,
    `SELECT count(*) AS open, min(CASE receipt WHEN 'scheduled' THEN due_at ELSE expires_at END) AS at,
       count(CASE WHEN receipt = 'held' AND solo = 0 THEN 1 END) AS barred,
       CASE WHEN count(*) = 1 AND receipt = 'scheduled' AND receipt_attempts = 0 THEN pk END AS own
     FROM inbound WHERE conversation = ? AND ${isOpen}`,
  );
  const byKey = prepareRows<ReceiptRow & { conversation: number }>(
    db,
    `SELECT ${receiptColumns}, conversation FROM inbound WHERE dedupe = ?`,
  );
  const lastRead = db.prepare('SELECT pk, provider_id, sent_at FROM inbound WHERE pk = ?');

  const outlookOf = (conversation: number) => outlook.get(conversation) as Outlook;

  const receiptsOf = (rows: readonly ReceiptRow[]) => rows.map(toReceipt);

  /** One that may have ended, with what ended it. */
  function toEnded(row: ReceiptRow): Receipt {
    const refusal = row.receipt === 'failed' ? refusals.of('receipt', row.pk) : undefined;
    return { ...toReceipt(row), ...(refusal && { refusal }) };
  }

  /**
   * Makes the bar true after anything changed; answers how the open receipts stand then, and those that it holds now or
   * has freed, earliest message first. Most conversations hold nothing: one look says so.
   */
  function applyBar(conversation: number, now: number): { outlook: Outlook; moved: readonly Receipt[] } {
    const before = outlookOf(conversation);
    if (before.barred === 0) return { outlook: before, moved: [] };
    const held = holdBehind.all({ conversation, because: behindBar });
    const freed = freeBefore.all({ conversation, because: barLifted });
    const moved = [...held, ...freed];
    moved.sort((a, b) => a.sent_at - b.sent_at || a.pk - b.pk);
    const receipts = receiptsOf(moved);
    for (const [index, { pk }] of moved.entries())
      steps.add(pk, now, receipts[index] as Receipt, { by: 'order' });
    return { outlook: outlookOf(conversation), moved: receipts };
  }

  return {
    applyBar,
    outlookOf,
    toEnded,

    dueReceipts(id: string, now: number): readonly Receipt[] {
      const conversation = conversations.rowOf(id);
      return conversation === undefined ? [] : receiptsOf(dueNow.all({ conversation: conversation.pk, now }));
    },

    openReceipts(id: string, ref?: string): readonly Receipt[] {
      const conversation = conversations.rowOf(id);
      const last = ref === undefined ? null : pkOf(ref);
      return conversation === undefined ? [] : receiptsOf(upTo.all({ conversation: conversation.pk, last }));
    },

    message(of: Pick<InboundMessage, 'channel' | 'business' | 'key'>): MessageView | undefined {
      const row = byKey.get(dedupeKey(of));
      if (row === undefined) return undefined;
      return {
        ref: refOf('message', row.pk),
        conversation: toConversation(conversations.byPk(row.conversation)),
        receipt: row.receipt === null ? undefined : toEnded(row),
      };
    },

    changeReceipts(
      id: string,
      changes: readonly ReceiptChange[],
      { now, leaseMs, end }: { now: number; leaseMs: number; end: boolean },
    ): ReceiptsChanged {
      const conversation = conversations.rowOf(id);
      if (conversation === undefined)
        return { changed: [], moved: [], claimed: false, nextDueAt: undefined, open: false };
      const changed: string[] = [];
      for (const each of changes) {
        const { ref, outcome, until, dueAt, because, at, attempts, onlyScheduled, refusal } = each;
        const pk = pkOf(ref);
        const row = change.get(
          outcome,
          until ?? null,
          dueAt ?? null,
          because,
          at ?? null,
          attempts ?? null,
          pk,
          onlyScheduled ? 1 : 0,
        );
        if (row === undefined) {
          if (each.answer !== undefined) steps.addTry(pk, at ?? now, each.answer);
          continue;
        }
        changed.push(ref);
        if (refusal !== undefined) refusals.keep('receipt', pk, refusal);
        if (each.cause !== undefined) steps.add(pk, at ?? now, each, each.cause, each.answer);
        if (outcome === 'sent') conversations.markRead(conversation.pk, pk, row.sent_at);
      }
      const { moved, outlook } = applyBar(conversation.pk, now);
      const { at, open } = outlook;
      const nextDueAt = at ?? undefined;
      if (end) lanes.release('receipt', conversation.pk, nextDueAt);
      else lanes.move('receipt', conversation.pk, nextDueAt);
      const claimed =
        nextDueAt !== undefined && lanes.offer('receipt', conversation.pk, nextDueAt, now, leaseMs);
      return { changed, moved, claimed, nextDueAt, open: open > 0 };
    },

    typingState(id: string): TypingState {
      const conversation = conversations.rowOf(id);
      if (conversation === undefined) return { open: false, lastRead: undefined };
      const { pk, read_pk } = conversation;
      const row = read_pk === null ? undefined : lastRead.get(read_pk);
      return {
        open: anyOpen.get(pk) !== undefined,
        lastRead: row && {
          ref: refOf('message', Number(row.pk)),
          messageId: String(row.provider_id),
          sentAt: Number(row.sent_at),
        },
      };
    },

    listReceipts(id: string, limit: number): readonly Receipt[] {
      const conversation = conversations.rowOf(id);
      return conversation === undefined ? [] : newest.all(conversation.pk, limit).map(toEnded);
    },
  };
}

/** See {@link receiptTable}. */
export type ReceiptTable = ReturnType<typeof receiptTable>;
