import { type Address, type Conversation, isOpen, type Moment, type ReceiptOutcome } from '../../domain.ts';
import type {
  Admission,
  AdmissionBatch,
  AdmissionResult,
  Admitted,
  LedgerMove,
  ReceiptDecision,
} from '../../ports.ts';
import {
  type BusyConversationRow,
  type ConversationRow,
  type ConversationTable,
  toConversation,
} from './conversations.ts';
import { dedupeKey } from './dedupeKey.ts';
import type { LaneTable } from './lanes.ts';
import type { LetterTable } from './letters.ts';
import { owedWork, type Touched } from './owedWork.ts';
import type { ReceiptStepTable } from './receiptSteps.ts';
import { aheadOf, type ReceiptTable } from './receipts.ts';
import { refOf } from './refs.ts';
import type { Op, Sql, ValueType } from './sql.ts';
import type { StatusTable } from './statuses.ts';

/** A message as it was found. */
interface KnownRow {
  readonly pk: number;
  readonly conversation: number;
}

interface StandingRow {
  readonly receipt: ReceiptOutcome | null;
  readonly until: Moment | null;
  readonly due_at: number | null;
  readonly because: string;
}

/** Admission: everything that a webhook brought, in one transaction. */
export function admission(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    receipts: ReceiptTable;
    steps: ReceiptStepTable;
    letters: LetterTable;
    statuses: StatusTable;
  },
) {
  const { conversations, receipts, steps, letters, statuses } = tables;
  const work = owedWork(sql, tables);
  const known = sql.prepare<KnownRow>('SELECT pk, conversation FROM inbound WHERE dedupe = ?', {
    types: ['bytea'],
  });
  const columns = `conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, receipt, until, due_at,
    because, ended_at, expires_at, solo, turn, turn_due`;
  const insert = sql.prepare(
    `INSERT INTO inbound (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    {
      types: [
        ...['bigint', 'bytea', 'text', 'text', 'text', 'bigint', 'bigint', 'bigint', 'text', 'text'],
        ...['bigint', 'text', 'bigint', 'bigint', 'int', 'text', 'bigint'],
      ] as readonly ValueType[],
      text: given => `WITH named AS MATERIALIZED
          (SELECT nextval(pg_get_serial_sequence('inbound', 'pk')) AS pk, t.* FROM ${given}),
        written AS (INSERT INTO inbound (pk, ${columns})
          SELECT pk, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15, p16, p17 FROM named)
        SELECT call, pk FROM named`,
    },
  );
  const standing = sql.prepare<StandingRow>(
    'SELECT receipt, until, due_at, because FROM inbound WHERE pk = ?',
  );

  function* standingOf(pk: number): Op<ReceiptDecision | undefined> {
    const { receipt, until, due_at, because } = (yield* standing.get(pk)) as StandingRow;
    if (receipt === null) return undefined;
    return {
      outcome: receipt,
      because,
      ...(until !== null && { until }),
      ...(due_at !== null && { dueAt: due_at }),
    };
  }

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

  /** Writes a message with what it owes; answers its key, and its receipt as it stands. */
  function* write(
    row: ConversationRow,
    item: Admission,
    dedupe: Buffer,
    now: number,
  ): Op<Pick<Written, 'pk' | 'receipt'>> {
    const { message, solo, characters, turn } = item;
    const covered = coveredByLater(row, item);
    const receipt = covered ?? item.receipt;
    const pk = yield* insert.insert(
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
      receipt === undefined || isOpen(receipt.outcome) ? null : now,
      item.expiresAt ?? null,
      solo ? 1 : 0,
      turn ? 'pending' : null,
      turn ? now : null,
    );
    if (receipt !== undefined)
      yield* steps.add(pk, now, receipt, { by: covered === undefined ? 'policy' : 'order' });
    return { pk, receipt };
  }

  /** A message that comes late, behind one that was read already, is read: the customer sees it so. */
  function coveredByLater(
    row: ConversationRow,
    { receipt, solo, coveredLate = !solo, message }: Admission,
  ): ReceiptDecision | undefined {
    if (receipt === undefined || !coveredLate || row.read_at === null || message.sentAt >= row.read_at)
      return undefined;
    if (!isOpen(receipt.outcome)) return undefined;
    return {
      outcome: 'covered',
      because: 'a later message of the conversation was marked read before this one came',
    };
  }

  return {
    *admit(batch: AdmissionBatch): Op<AdmissionResult> {
      const { now, leaseMs, firstHolder, hooks = [] } = batch;
      const items = batch.admissions.map(keyed);
      const rows = new Map<string, BusyConversationRow | undefined>();
      const found = yield* sql.beside<BusyConversationRow | KnownRow | undefined>(
        items.flatMap(({ item, dedupe }) => [conversations.findBusy(item.message), known.get(dedupe)]),
      );
      for (const [index, { address }] of items.entries())
        rows.set(address, found[2 * index] as BusyConversationRow | undefined);
      /** The messages of this batch that are written. */
      const own = new Map<string, KnownRow>();
      const stale = new Map<string, Conversation>();
      for (const { item, address } of items) {
        const row = rows.get(address);
        if (row !== undefined && isStale(row, item.decidedOn, batch)) stale.set(row.id, toConversation(row));
      }
      if (stale.size > 0)
        return { stale: [...stale.values()], admitted: [], moved: [], claims: [], nextDueAt: undefined };

      const implied: LedgerMove[] = [];
      const touched = new Map<number, Touched>();
      const written: Written[] = [];
      for (const [index, { item, address, dedupe }] of items.entries()) {
        const { message } = item;
        const key = dedupe.toString('latin1');
        const before = (found[2 * index + 1] as KnownRow | undefined) ?? own.get(key);
        if (before !== undefined) {
          written.push({ ...before, status: 'duplicate', receipt: undefined });
          continue;
        }
        const opens = message.kind === 'message';
        const there = rows.get(address);
        const row = there ?? {
          ...(yield* conversations.create(message, firstHolder, opens ? message.sentAt : 0)),
          replies_until: null,
        };
        const moves = opens && message.sentAt > row.window_from;
        if (moves) yield* conversations.moveWindow(row.pk, message.sentAt);
        if (moves && there !== undefined)
          implied.push(...(yield* statuses.answer(there, message.sentAt, hooks, now)));
        const { pk, receipt } = yield* write(row, item, dedupe, now);
        own.set(key, { pk, conversation: row.pk });
        const moved = moves ? { ...row, window_from: message.sentAt } : row;
        rows.set(address, moved);
        const so = touched.get(row.pk);
        touched.set(row.pk, {
          row: moved,
          fresh: so?.fresh ?? there === undefined,
          turn: item.turn || so?.turn === true,
          owed: receipt === undefined ? (so?.owed ?? []) : [...(so?.owed ?? []), { ...item, pk, receipt }],
        });
        written.push({ status: 'admitted', pk, conversation: row.pk, receipt });
      }
      const { entries = [], shared = false } = batch.ledger ?? {};
      const acknowledged =
        entries.length === 0 ? [] : yield* statuses.receiveAll(entries, { shared, firstHolder, hooks, now });
      for (const { reason, item, channel } of batch.rejected) {
        yield* letters.addOnce({ at: now, what: 'webhook-item', channel, reason, item });
      }

      const { claims, nextDueAt, outlooks, moved } = yield* work.offer([...touched.values()], now, leaseMs);
      const barred = new Set(moved.map(({ conversation }) => conversation));
      const admitted: Admitted[] = [];
      for (const [index, { status, pk, conversation, receipt }] of written.entries()) {
        const { address } = items[index] as Keyed;
        const repliesUntil = rows.get(address)?.replies_until ?? undefined;
        const row = touched.get(conversation)?.row ?? (yield* conversations.byPk(conversation));
        const stands = receipt !== undefined && barred.has(row.id) ? yield* standingOf(pk) : receipt;
        admitted.push({
          status,
          ref: refOf('message', pk),
          conversation: toConversation(row),
          ...(stands !== undefined && { receipt: stands }),
          ahead: aheadOf(outlooks.get(conversation) ?? (yield* receipts.outlookOf(conversation)), pk),
          ...(repliesUntil !== undefined && { repliesUntil }),
        });
      }
      // A message of the batch itself says in `receipt` what the bar made of it.
      const ofBatch = new Set(admitted.flatMap(({ status, ref }) => (status === 'admitted' ? ref : [])));
      return {
        stale: [],
        admitted,
        ...(acknowledged.length > 0 && { acknowledged }),
        ...(implied.length > 0 && { implied }),
        moved: moved.filter(({ ref }) => !ofBatch.has(ref)),
        claims,
        nextDueAt,
      };
    },
  };
}

/** An admission with what its message and conversation are known by. */
interface Keyed {
  readonly item: Admission;
  readonly address: string;
  readonly dedupe: Buffer;
}

/** One message of a batch, as it was written or found. */
interface Written {
  readonly status: Admitted['status'];
  readonly pk: number;
  readonly conversation: number;
  readonly receipt: ReceiptDecision | undefined;
}

function keyed(item: Admission): Keyed {
  return { item, address: addressOf(item.message), dedupe: dedupeKey(item.message) };
}

function addressOf({ channel, business, customer }: Address): string {
  return `${channel}\0${business}\0${customer}`;
}
