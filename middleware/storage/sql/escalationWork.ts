import type {
  ClaimedEscalation,
  EscalationClaimed,
  EscalationEnd,
  EscalationsDue,
  EscalationTry,
  LedgerEntry,
  LedgerEvent,
  Store,
} from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import { type EscalationRow, isNotOver, isNeedless as needless } from './escalations.ts';
import type { HookTable } from './hooks.ts';
import type { LaneTable } from './lanes.ts';
import { pkOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';

/**
 * What is done about escalations. Who carries one out is decided in its row alone, by one conditional write: the lane of
 * the conversation only says when somebody should look.
 */
export function escalationWork(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    hooks: HookTable;
    entryOf: (ref: string) => Op<LedgerEntry | undefined>;
  },
) {
  const { conversations, lanes, hooks, entryOf } = tables;
  const { greatest } = sql.dialect;
  const isNeedless = needless(sql.dialect);
  const isOpen = `state IN ('waiting', 'claimed')`;
  // One that somebody is at is left alone: what a call may have done already is no message that was in time.
  const isFree = `(state = 'waiting' OR due_at <= :now)`;
  // Whoever had claimed it has died: its call may have reached the customer, beside the message.
  const orDoubled = `doubled = CASE WHEN state = 'claimed' THEN 1 ELSE doubled END`;
  const toCancelled = `UPDATE escalation SET ${orDoubled}, state = 'cancelled'`;
  const cancelOf = sql.prepare<EscalationRow>(
    `${toCancelled} WHERE conversation = :conversation AND ${isOpen} AND ${isFree} AND ${isNeedless} RETURNING *`,
  );
  const cancel = sql.prepare<EscalationRow>(
    `${toCancelled} WHERE pk = :pk AND ${isNotOver} AND ${isFree} AND ${isNeedless} RETURNING *`,
  );
  const first = sql.prepare<EscalationRow>(
    `SELECT * FROM escalation WHERE conversation = ? AND ${isOpen} ORDER BY due_at, pk LIMIT 1`,
  );
  // Due and claimed still: whoever had it has died, or slept past the end of the claim.
  const claim = sql.prepare<EscalationRow>(
    `UPDATE escalation SET ${orDoubled}, state = 'claimed', due_at = :until
     WHERE pk = :pk AND ${isNotOver} AND due_at <= :now AND NOT ${isNeedless} RETURNING *`,
  );
  const giveBack = sql.prepare<EscalationRow>(
    `UPDATE escalation SET state = 'waiting', due_at = :now
     WHERE pk = :pk AND state = 'claimed' AND due_at = :until RETURNING *`,
  );
  const end = sql.prepare<EscalationRow>(
    `UPDATE escalation SET state = :state, doubled = ${greatest('doubled', ':doubled')}, tries = :tries
     WHERE pk = :pk AND (state = 'claimed' OR (state = 'failed' AND CAST(:state AS TEXT) = 'escalated')) RETURNING *`,
  );
  const triesOf = sql.prepare<Pick<EscalationRow, 'tries'>>('SELECT tries FROM escalation WHERE pk = ?');

  function* withMessage(pk: number): Op<ClaimedEscalation | undefined> {
    const entry = yield* entryOf(refOf('outbound', pk));
    return entry?.escalation && { ...entry.escalation, entry };
  }

  function* tell(
    row: EscalationRow,
    state: Extract<LedgerEvent, { type: 'message.escalated' }>['state'],
    urls: readonly string[],
    at: number,
  ): Op<LedgerEvent> {
    const { id, channel, business } = toConversation(yield* conversations.byPk(row.conversation));
    const way = (JSON.parse(row.tries) as EscalationTry[]).find(each => each.id !== undefined)?.way;
    const event: LedgerEvent = {
      type: 'message.escalated',
      at,
      channel,
      business,
      message: refOf('outbound', row.pk),
      conversation: id,
      state,
      possiblyDoubled: row.doubled === 1,
      ...(way !== undefined && { way }),
    };
    yield* hooks.add(event, urls);
    return event;
  }

  /** Gives the lane back, to wait for the next escalation of the conversation if there is one. */
  function* release(conversation: number): Op<number | undefined> {
    const next = yield* first.get(conversation);
    yield* lanes.release('escalation', conversation, next?.due_at);
    return next?.due_at;
  }

  return {
    *dueEscalation(id: string, urls: readonly string[], now: number): Op<EscalationsDue> {
      const conversation = (yield* conversations.rowOf(id))?.pk;
      if (conversation === undefined) return { escalation: undefined, cancelled: [], nextDueAt: undefined };
      const cancelled: LedgerEvent[] = [];
      for (const row of yield* cancelOf.all({ conversation, now }))
        cancelled.push(yield* tell(row, 'cancelled', urls, now));
      const next = yield* first.get(conversation);
      if (next !== undefined && next.due_at <= now)
        return { escalation: yield* withMessage(next.pk), cancelled, nextDueAt: undefined };
      return { escalation: undefined, cancelled, nextDueAt: yield* release(conversation) };
    },

    *claimEscalation(
      ref: string,
      urls: readonly string[],
      now: number,
      leaseMs: number,
    ): Op<EscalationClaimed> {
      const pk = pkOf(ref);
      const row = yield* claim.get({ pk, now, until: now + leaseMs });
      if (row !== undefined) {
        yield* lanes.lease('escalation', row.conversation, row.due_at);
        const escalation = yield* withMessage(pk);
        return escalation === undefined ? {} : { escalation };
      }
      const cancelled = yield* cancel.get({ pk, now });
      return cancelled === undefined ? {} : { event: yield* tell(cancelled, 'cancelled', urls, now) };
    },

    *returnEscalation(ref: string, until: number, now: number): Op<void> {
      const row = yield* giveBack.get({ pk: pkOf(ref), until, now });
      if (row !== undefined) yield* release(row.conversation);
    },

    *endEscalation(
      ref: string,
      { state, tries, possiblyDoubled }: EscalationEnd,
      urls: readonly string[],
      now: number,
    ): Op<Awaited<ReturnType<Store['endEscalation']>>> {
      const pk = pkOf(ref);
      const earlier = JSON.parse((yield* triesOf.get(pk))?.tries ?? '[]') as EscalationTry[];
      const row = yield* end.get({
        pk,
        state,
        doubled: possiblyDoubled ? 1 : 0,
        tries: JSON.stringify([...earlier, ...tries]),
      });
      if (row === undefined) return { event: undefined, nextDueAt: undefined };
      return { event: yield* tell(row, state, urls, now), nextDueAt: yield* release(row.conversation) };
    },
  };
}
