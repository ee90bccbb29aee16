import { randomUUID } from 'node:crypto';
import { rankOf } from '../../acknowledgements/fold.ts';
import type { Escalation, EscalationRule, EscalationState, EscalationTry } from '../../ports.ts';
import type { LaneTable } from './lanes.ts';
import { isSome } from './lookups.ts';
import type { Dialect, Op, Sql } from './sql.ts';

/** A row of the table `escalation`. While it is claimed, `due_at` is the end of the claim. */
export interface EscalationRow {
  readonly pk: number;
  readonly conversation: number;
  /** The rule, and when its time is, as JSON. */
  readonly rule: string;
  readonly key: string;
  readonly due_at: number;
  readonly state: EscalationState;
  readonly doubled: 0 | 1;
  readonly tries: string;
}

/**
 * Whether it waits, or somebody is at it, as SQL for one that is found by its key: not by the index of the open ones, all of which
 * might be gone through for it.
 */
export const isNotOver = `state NOT IN ('escalated', 'cancelled', 'failed')`;

/**
 * Whether a row's escalation is needless, as SQL: its message has come as far as the rule asks, was taken back, or never
 * was to go out, since a turn that ran again answered otherwise. A level never falls and nothing is un-revoked, so what
 * is needless stays so.
 */
export const isNeedless = (dialect: Dialect): string => `(
  ${isSome(`ledger WHERE ledger.pk = escalation.pk AND (ledger.revoked_at IS NOT NULL OR ledger.level >=
    CASE ${dialect.textAt('rule', 'unless')} WHEN 'read' THEN ${rankOf('read')} ELSE ${rankOf('delivered')} END)`)}
  OR ${isSome(`outbound WHERE outbound.pk = escalation.pk AND failure LIKE 'superseded:%'`)})`;

/** The escalations of the store, as messages see them. */
export function escalationTable(sql: Sql, lanes: LaneTable) {
  const insert = sql.prepare(
    `INSERT INTO escalation (pk, conversation, rule, key, due_at, state) VALUES (?, ?, ?, ?, ?, 'waiting')`,
  );
  const move = sql.prepare(`UPDATE escalation SET pk = ? WHERE pk = ? AND state = 'waiting'`);
  const select = sql.prepare<EscalationRow & { readonly needless: 0 | 1 }>(
    `SELECT escalation.*, CASE WHEN ${isNeedless(sql.dialect)} THEN 1 ELSE 0 END AS needless
     FROM escalation WHERE pk = ?`,
  );

  return {
    /** A message is handed over with a rule: its escalation waits from now on. */
    *begin(pk: number, conversation: number, rule: EscalationRule, now: number): Op<void> {
      const dueAt = now + rule.afterMs;
      yield* insert.write(pk, conversation, JSON.stringify({ ...rule, dueAt }), randomUUID(), dueAt);
      yield* lanes.offer('escalation', conversation, dueAt, now, 0);
    },

    /** Another message goes out in the place of one whose escalation still waits: it waits for that one from now on. */
    *move(from: number, to: number): Op<void> {
      yield* move.write(to, from);
    },

    /** The escalation of a message, if it has one. One that waits for nothing any more is shown as it will end. */
    *viewOf(pk: number): Op<Escalation | undefined> {
      const row = yield* select.get(pk);
      if (row === undefined) return undefined;
      const rule = JSON.parse(row.rule) as EscalationRule & { readonly dueAt: number };
      return {
        ...rule,
        state: row.state === 'waiting' && row.needless === 1 ? 'cancelled' : row.state,
        key: row.key,
        possiblyDoubled: row.doubled === 1,
        tries: JSON.parse(row.tries) as EscalationTry[],
      };
    },
  };
}

/** See {@link escalationTable}. */
export type EscalationTable = ReturnType<typeof escalationTable>;
