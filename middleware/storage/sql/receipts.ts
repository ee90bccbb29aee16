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
import type { Op, Sql } from './sql.ts';

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
  /** Those that the bar may hold or free, as far as their own rows tell: where there is none, it has nothing to do. */
  readonly movable: number;
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
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    refusals: RefusalTable;
    steps: ReceiptStepTable;
  },
) {
  const { conversations, lanes, refusals, steps } = tables;
  const isOpen = `receipt IN ('scheduled', 'held')`;
  // The same where one is found by its key: not by the index of the open ones, all of which might be gone through for it.
  const isNotOver = `coalesce(receipt, '') IN ('scheduled', 'held')`;
  const dueNow = sql.prepare<ReceiptRow>(
    `SELECT ${receiptColumns} FROM inbound
     WHERE conversation = :conversation AND ${isOpen} AND (receipt = 'scheduled' OR expires_at <= :now)
     ORDER BY sent_at, pk LIMIT ${handOutLimit}`,
  );
  const upTo = sql.prepare<ReceiptRow>(
    `SELECT * FROM (
       SELECT ${receiptColumns} FROM inbound
       WHERE conversation = :conversation AND ${isOpen}
         AND (CAST(:last AS BIGINT) IS NULL OR (sent_at, pk) <= (SELECT sent_at, pk FROM inbound WHERE pk = :last))
       ORDER BY sent_at DESC, pk DESC LIMIT ${handOutLimit}
     ) AS latest ORDER BY sent_at, pk`,
  );
  const anyOpen = sql.prepare<{ one: 1 }>(
    `SELECT 1 AS one FROM inbound WHERE conversation = ? AND ${isOpen} LIMIT 1`,
  );
  const bar = `(SELECT sent_at, pk FROM inbound
    WHERE conversation = :conversation AND ${isOpen} AND receipt = 'held' AND until IS NOT NULL AND solo = 0
    ORDER BY sent_at, pk LIMIT 1)`;
  const holdBehind = sql.prepare<ReceiptRow>(
    `UPDATE inbound SET receipt = 'held', because = :because
     WHERE conversation = :conversation AND ${isOpen} AND receipt = 'scheduled' AND solo = 0
       AND (sent_at, pk) > ${bar}
     RETURNING ${receiptColumns}`,
  );
  const freeBefore = sql.prepare<ReceiptRow>(
    `UPDATE inbound SET receipt = 'scheduled', because = :because
     WHERE conversation = :conversation AND ${isOpen} AND receipt = 'held' AND until IS NULL AND solo = 0
       AND ((sent_at, pk) < ${bar} OR NOT EXISTS ${bar})
     RETURNING ${receiptColumns}`,
  );
  const newest = sql.prepare<ReceiptRow>(
    `SELECT ${receiptColumns} FROM inbound WHERE conversation = ? AND receipt IS NOT NULL ORDER BY pk DESC LIMIT ?`,
  );
  const change = sql.prepare<Pick<ReceiptRow, 'sent_at'>>(
    `UPDATE inbound SET receipt = ?, until = ?, due_at = ?, because = ?, ended_at = ?,
       receipt_attempts = coalesce(?, receipt_attempts)
     WHERE pk = ? AND ${isNotOver} AND (receipt = 'scheduled' OR ? = 0) RETURNING sent_at`,
    {
      types: ['text', 'text', 'bigint', 'text', 'bigint', 'int', 'bigint', 'int'],
      text: given => `UPDATE inbound SET receipt = t.p1, until = t.p2, due_at = t.p3, because = t.p4, ended_at = t.p5,
          receipt_attempts = coalesce(t.p6, receipt_attempts) FROM ${given}
        WHERE pk = t.p7 AND ${isNotOver} AND (receipt = 'scheduled' OR t.p8 = 0) RETURNING t.call, sent_at`,
    },
  );
  const outlook = sql.prepare<Outlook>(
    `SELECT count(*) AS open, min(CASE receipt WHEN 'scheduled' THEN due_at ELSE expires_at END) AS at,
       CASE WHEN count(CASE WHEN receipt = 'held' AND solo = 0 THEN 1 END) = 0 THEN 0
         ELSE count(CASE WHEN solo = 0 AND (receipt = 'scheduled' OR until IS NULL) THEN 1 END) END AS movable,
       CASE count(*) WHEN 1 THEN min(CASE WHEN receipt = 'scheduled' AND receipt_attempts = 0 THEN pk END) END AS own
     FROM inbound WHERE conversation = ? AND ${isOpen}`,
    { types: ['bigint'] },
  );
  const byKey = sql.prepare<ReceiptRow & { conversation: number }>(
    `SELECT ${receiptColumns}, conversation FROM inbound WHERE dedupe = ?`,
  );
  const lastRead = sql.prepare<Pick<ReceiptRow, 'pk' | 'provider_id' | 'sent_at'>>(
    'SELECT pk, provider_id, sent_at FROM inbound WHERE pk = ?',
  );

  const outlookOf = (conversation: number) => outlook.get(conversation) as Op<Outlook>;

  const receiptsOf = (rows: readonly ReceiptRow[]) => rows.map(toReceipt);

  /** One that may have ended, with what ended it. */
  function* toEnded(row: ReceiptRow): Op<Receipt> {
    const refusal = row.receipt === 'failed' ? yield* refusals.of('receipt', row.pk) : undefined;
    return { ...toReceipt(row), ...(refusal && { refusal }) };
  }

  /**
   * Makes the bar true after anything changed; answers how the open receipts stand then, and those that it holds now or
   * has freed, earliest message first. Most conversations hold nothing, or everything: one look says so.
   */
  function* applyBar(conversation: number, now: number): Op<{ outlook: Outlook; moved: readonly Receipt[] }> {
    const before = yield* outlookOf(conversation);
    if (before.movable === 0) return { outlook: before, moved: [] };
    const held = yield* holdBehind.all({ conversation, because: behindBar });
    const freed = yield* freeBefore.all({ conversation, because: barLifted });
    const moved = [...held, ...freed];
    if (moved.length === 0) return { outlook: before, moved: [] };
    moved.sort((a, b) => a.sent_at - b.sent_at || a.pk - b.pk);
    const receipts = receiptsOf(moved);
    for (const [index, { pk }] of moved.entries())
      yield* steps.add(pk, now, receipts[index] as Receipt, { by: 'order' });
    return { outlook: yield* outlookOf(conversation), moved: receipts };
  }

  return {
    applyBar,
    outlookOf,
    toEnded,

    *dueReceipts(id: string, now: number): Op<readonly Receipt[]> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return [];
      return receiptsOf(yield* dueNow.all({ conversation: conversation.pk, now }));
    },

    *openReceipts(id: string, ref?: string): Op<readonly Receipt[]> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return [];
      const last = ref === undefined ? null : pkOf(ref);
      return receiptsOf(yield* upTo.all({ conversation: conversation.pk, last }));
    },

    *message(of: Pick<InboundMessage, 'channel' | 'business' | 'key'>): Op<MessageView | undefined> {
      const row = yield* byKey.get(dedupeKey(of));
      if (row === undefined) return undefined;
      return {
        ref: refOf('message', row.pk),
        conversation: toConversation(yield* conversations.byPk(row.conversation)),
        receipt: row.receipt === null ? undefined : yield* toEnded(row),
      };
    },

    *changeReceipts(
      id: string,
      changes: readonly ReceiptChange[],
      { now, leaseMs, end }: { now: number; leaseMs: number; end: boolean },
    ): Op<ReceiptsChanged> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined)
        return { changed: [], moved: [], claimed: false, nextDueAt: undefined, open: false };
      const changed: string[] = [];
      for (const each of changes) {
        const { ref, outcome, until, dueAt, because, at, attempts, onlyScheduled, refusal } = each;
        const pk = pkOf(ref);
        const row = yield* change.get(
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
          if (each.answer !== undefined) yield* steps.addTry(pk, at ?? now, each.answer);
          continue;
        }
        changed.push(ref);
        if (refusal !== undefined) yield* refusals.keep('receipt', pk, refusal);
        if (each.cause !== undefined) yield* steps.add(pk, at ?? now, each, each.cause, each.answer);
        if (outcome === 'sent') yield* conversations.markRead(conversation.pk, pk, row.sent_at);
      }
      const { moved, outlook } = yield* applyBar(conversation.pk, now);
      const { at, open } = outlook;
      const nextDueAt = at ?? undefined;
      if (end) yield* lanes.release('receipt', conversation.pk, nextDueAt);
      else yield* lanes.move('receipt', conversation.pk, nextDueAt);
      const claimed =
        nextDueAt !== undefined && (yield* lanes.offer('receipt', conversation.pk, nextDueAt, now, leaseMs));
      return { changed, moved, claimed, nextDueAt, open: open > 0 };
    },

    *typingState(id: string): Op<TypingState> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return { open: false, lastRead: undefined };
      const { pk, read_pk } = conversation;
      const row = read_pk === null ? undefined : yield* lastRead.get(read_pk);
      return {
        open: (yield* anyOpen.get(pk)) !== undefined,
        // Its name at the provider may have been erased.
        lastRead:
          typeof row?.provider_id === 'string'
            ? { ref: refOf('message', row.pk), messageId: row.provider_id, sentAt: row.sent_at }
            : undefined,
      };
    },

    *listReceipts(id: string, limit: number): Op<readonly Receipt[]> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return [];
      const receipts: Receipt[] = [];
      for (const row of yield* newest.all(conversation.pk, limit)) receipts.push(yield* toEnded(row));
      return receipts;
    },
  };
}

/** See {@link receiptTable}. */
export type ReceiptTable = ReturnType<typeof receiptTable>;
