import { isOpen } from '../../domain.ts';
import type { Admission, AdmissionResult, Claim, ReceiptDecision, WorkKind } from '../../ports.ts';
import { type ConversationRow, toConversation } from './conversations.ts';
import type { LaneTable } from './lanes.ts';
import type { Outlook, ReceiptTable } from './receipts.ts';
import type { Op, Sql } from './sql.ts';

/** A conversation that a batch has written to. */
export interface Touched {
  readonly row: ConversationRow;
  /** Whether the batch has made it. */
  readonly fresh: boolean;
  readonly turn: boolean;
  /** What it owes receipts for. */
  readonly owed: readonly (Admission & { readonly pk: number; readonly receipt: ReceiptDecision })[];
}

/** What {@link owedWork} made of it. */
interface Offered extends Pick<AdmissionResult, 'claims' | 'nextDueAt' | 'moved'> {
  /** How the receipts stand, by the key of their conversation. */
  readonly outlooks: ReadonlyMap<number, Outlook>;
}

/** What an admission owes: turns and receipts, each offered to whoever has admitted it. */
export function owedWork(sql: Sql, { lanes, receipts }: { lanes: LaneTable; receipts: ReceiptTable }) {
  return {
    /** Conversations are offered side by side, and so are the turn and the receipt of each. */
    *offer(touched: readonly Touched[], now: number, leaseMs: number): Op<Offered> {
      // The turns first: their wish to show typing must be known when the receipts go out.
      const turns: Claim[] = [];
      const owing: Claim[] = [];
      const outlooks = new Map<number, Outlook>();
      const moved: AdmissionResult['moved'][number][] = [];
      let nextDueAt: number | undefined;

      function* offer(kind: WorkKind, { row }: Touched, dueAt: number): Op<void> {
        if (yield* lanes.offer(kind, row.pk, dueAt, now, leaseMs)) {
          (kind === 'turn' ? turns : owing).push({ kind, conversation: toConversation(row) });
        } else if (dueAt > now) nextDueAt = Math.min(dueAt, nextDueAt ?? dueAt);
      }
      function* offerReceipt(each: Touched): Op<void> {
        const [first, ...more] = each.owed;
        if (first === undefined) return;
        const { pk, id } = each.row;
        // The only message of its conversation has nothing before it that could bar it.
        const isAlone = each.fresh && more.length === 0;
        const bar = isAlone ? { outlook: outlookOf(first), moved: [] } : yield* receipts.applyBar(pk, now);
        outlooks.set(pk, bar.outlook);
        for (const receipt of bar.moved) moved.push({ ...receipt, conversation: id });
        if (bar.outlook.at !== null) yield* offer('receipt', each, bar.outlook.at);
      }
      yield* sql.beside(
        touched.flatMap(each => [...(each.turn ? [offer('turn', each, now)] : []), offerReceipt(each)]),
      );
      return { claims: [...turns, ...owing], nextDueAt, outlooks, moved };
    },
  };
}

/** How the receipts of a conversation stand that has no other. */
function outlookOf({ receipt: { outcome, dueAt }, expiresAt, pk }: Touched['owed'][number]): Outlook {
  if (!isOpen(outcome)) return { open: 0, at: null, movable: 0, own: null };
  if (outcome === 'scheduled') return { open: 1, at: dueAt ?? null, movable: 0, own: pk };
  return { open: 1, at: expiresAt ?? null, movable: 0, own: null };
}
