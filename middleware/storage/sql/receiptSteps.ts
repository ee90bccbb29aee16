import type { CallAnswer, Cause, ReceiptStep } from '../../audit.ts';
import type { Moment, ReceiptOutcome } from '../../domain.ts';
import type { PageQuery, ReceiptDecision } from '../../ports.ts';
import type { ConversationTable } from './conversations.ts';
import { pkOf, placeOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';

interface StepRow {
  readonly pk: number;
  readonly message: number;
  readonly provider_id: string | null;
  readonly conversation: number;
  readonly at: number;
  readonly outcome: ReceiptOutcome;
  readonly until: Moment | null;
  readonly due_at: number | null;
  readonly because: string;
  readonly caused_by: Cause['by'];
  readonly event: string | null;
  readonly agent: string | null;
  readonly via: Cause['via'] | null;
  readonly answer: string | null;
}

/** What a call that was taken is kept as: anything else is a refusal, as JSON. */
const taken = 'taken';

function kept(answer: CallAnswer): string {
  return answer === taken ? taken : JSON.stringify(answer);
}

/**
 * The audit of receipts. A step is written with what it tells of, and only ever appended: its table and its index grow at
 * their ends, so that it costs a busy store next to no more pages.
 */
export function receiptStepTable(sql: Sql, conversations: ConversationTable) {
  const insert = sql.prepare(
    `INSERT INTO receipt_step (message, at, outcome, until, due_at, because, caused_by, event, agent, via, answer)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    {
      types: ['bigint', 'bigint', 'text', 'text', 'bigint', 'text', 'text', 'text', 'text', 'text', 'text'],
      text: given => `INSERT INTO receipt_step (message, at, outcome, until, due_at, because, caused_by, event, agent, via, answer)
        SELECT p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11 FROM ${given} ORDER BY call`,
    },
  );
  const insertTry = sql.prepare(
    `INSERT INTO receipt_step (message, at, outcome, until, due_at, because, caused_by, answer)
     SELECT pk, CAST(? AS BIGINT), receipt, until, due_at, because, 'provider', CAST(? AS TEXT)
     FROM inbound WHERE pk = ? AND receipt IS NOT NULL`,
  );
  const columns = 's.*, i.provider_id, i.conversation';
  // A message has few, and they are sorted: by their keys all there are would be gone through until enough of its own are found.
  const ofMessage = sql.prepare<StepRow>(
    `SELECT ${columns} FROM receipt_step s JOIN inbound i ON i.pk = s.message
     WHERE s.message = ? AND s.pk < ? ORDER BY s.pk + 0 DESC LIMIT ?`,
  );
  // The newest message first, and its latest step: a join in this order needs no sorting.
  const ofConversation = sql.prepare<StepRow>(
    `SELECT ${columns} FROM inbound i CROSS JOIN receipt_step s
     WHERE s.message = i.pk AND i.conversation = :conversation AND i.pk <= :message AND (i.pk < :message OR s.pk < :before)
     ORDER BY i.pk DESC, s.pk DESC LIMIT :limit`,
  );
  const messageOf = sql.prepare<Pick<StepRow, 'message'>>('SELECT message FROM receipt_step WHERE pk = ?');

  const toStep = (row: StepRow, conversation: string): ReceiptStep => ({
    id: refOf('step', row.pk),
    message: refOf('message', row.message),
    messageId: row.provider_id ?? undefined,
    conversation,
    at: row.at,
    outcome: row.outcome,
    because: row.because,
    ...(row.until !== null && { until: row.until }),
    ...(row.due_at !== null && { dueAt: row.due_at }),
    cause: {
      by: row.caused_by,
      ...(row.event !== null && { event: row.event }),
      ...(row.agent !== null && { agent: row.agent }),
      ...(row.via !== null && { via: row.via as NonNullable<Cause['via']> }),
    },
    ...(row.answer !== null && { answer: row.answer === taken ? taken : JSON.parse(row.answer) }),
  });

  function* toSteps(rows: readonly StepRow[]): Op<readonly ReceiptStep[]> {
    const steps: ReceiptStep[] = [];
    for (const row of rows) steps.push(toStep(row, (yield* conversations.byPk(row.conversation)).id));
    return steps;
  }

  return {
    add(
      message: number,
      at: number,
      { outcome, until, dueAt, because }: ReceiptDecision,
      cause: Cause,
      answer?: CallAnswer,
    ) {
      return insert.run(
        message,
        at,
        outcome,
        until ?? null,
        dueAt ?? null,
        because,
        cause.by,
        cause.event ?? null,
        cause.agent ?? null,
        cause.via ?? null,
        answer === undefined ? null : kept(answer),
      );
    },

    /** A call was made whose receipt had been held, or had ended, by the time of its answer: it stays what it is. */
    addTry: (message: number, at: number, answer: CallAnswer) => insertTry.run(at, kept(answer), message),

    *audit(
      of: { readonly conversation: string } | { readonly message: string },
      { limit, before }: PageQuery,
    ): Op<readonly ReceiptStep[]> {
      if ('message' in of)
        return yield* toSteps(yield* ofMessage.all(pkOf(of.message), placeOf(before), limit));
      const conversation = yield* conversations.rowOf(of.conversation);
      const place = placeOf(before);
      const message = before === undefined ? place : ((yield* messageOf.get(place))?.message ?? 0);
      if (conversation === undefined) return [];
      const { pk } = conversation;
      return yield* toSteps(yield* ofConversation.all({ conversation: pk, message, before: place, limit }));
    },
  };
}

/** See {@link receiptStepTable}. */
export type ReceiptStepTable = ReturnType<typeof receiptStepTable>;
