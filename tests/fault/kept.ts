import { DatabaseSync } from 'node:sqlite';
import type { EscalationRow, InboundRow, Kept, LedgerRow, OutboundRow } from './evidence.ts';
import { type StoreState, stateQuery } from './points.ts';

/** What a checker wants of a store's tables, as SQL that a file and PostgreSQL understand. It is the checker's own. */
export const keptQueries = {
  inbound: 'SELECT provider_id AS "messageId", receipt, turn FROM inbound',
  outbound: `SELECT o.pk, o.correlation, i.provider_id AS "messageId", o.state, o.interrupted, o.provider_id AS "providerId"
    FROM outbound o LEFT JOIN inbound i ON i.pk = o.turn`,
  ledger: `SELECT o.correlation, l.level, l.sent_at AS sent, l.delivered_at AS delivered, l.read_at AS read
    FROM ledger l JOIN outbound o USING (pk)`,
  escalations: 'SELECT pk, state, doubled FROM escalation',
  deadLetters: 'SELECT reason FROM dead_letter',
} as const;

/** The rows that {@link keptQueries} answer. */
export interface KeptRows {
  readonly inbound: readonly InboundRow[];
  readonly outbound: readonly OutboundRow[];
  readonly ledger: readonly LedgerRow[];
  readonly escalations: readonly EscalationRow[];
  readonly deadLetters: readonly { readonly reason: string }[];
}

/** What a host's file holds. */
export function readFile(file: string): Kept {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const all = (sql: string, ...values: number[]) => db.prepare(sql).all(...values) as unknown;
    const rows = Object.fromEntries(
      Object.entries(keptQueries).map(([name, sql]) => [name, all(sql)]),
    ) as unknown as KeptRows;
    const [state] = all(stateQuery, Date.now()) as StoreState[];
    return keptOf(rows, { unrest: state?.unrest ?? 0, sights: [], takeovers: [] });
  } finally {
    db.close();
  }
}

/** Puts together what a store holds. */
export function keptOf(rows: KeptRows, seen: Pick<Kept, 'unrest' | 'sights' | 'takeovers'>): Kept {
  return { ...rows, ...seen, deadLetters: rows.deadLetters.map(({ reason }) => reason) };
}
