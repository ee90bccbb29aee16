import type { DatabaseSync } from 'node:sqlite';
import type {
  ClaimedEscalation,
  EscalationClaimed,
  EscalationEnd,
  EscalationsDue,
  EscalationTry,
  LedgerEntry,
  LedgerEvent,
} from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import { type EscalationRow, isNeedless } from './escalations.ts';
import type { HookTable } from './hooks.ts';
import type { LaneTable } from './lanes.ts';
import { pkOf, refOf } from './refs.ts';

/**
 * What is done about escalations. Who carries one out is decided in its row alone, by one conditional write: the lane of
 * the conversation only says when somebody should look.
 */
export function escalationWork(
  db: DatabaseSync,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    hooks: HookTable;
    entryOf: (ref: string) => LedgerEntry | undefined;
  },
) {
  const { conversations, lanes, hooks, entryOf } = tables;
  const isOpen = `state IN ('waiting', 'claimed')`;
  // One that somebody is at is left alone: what a call may have done already is no message that was in time.
  const isFree = `${isOpen} AND (state = 'waiting' OR due_at <= :now)`;
  // Whoever had claimed it has died: its call may have reached the customer, beside the message.
  const toCancelled = `UPDATE escalation SET doubled = max(doubled, state = 'claimed'), state = 'cancelled'`;
  const cancelOf = db.prepare(
    `${toCancelled} WHERE conversation = :conversation AND ${isFree} AND ${isNeedless} RETURNING *`,
  );
  const cancel = db.prepare(`${toCancelled} WHERE pk = :pk AND ${isFree} AND ${isNeedless} RETURNING *`);
  const first = db.prepare(
    `SELECT * FROM escalation WHERE conversation = ? AND ${isOpen} ORDER BY due_at, pk LIMIT 1`,
  );
  // Due and claimed still: whoever had it has died, or slept past the end of the claim.
  const claim = db.prepare(
    `UPDATE escalation SET doubled = max(doubled, state = 'claimed'), state = 'claimed', due_at = :until
     WHERE pk = :pk AND ${isOpen} AND due_at <= :now AND NOT ${isNeedless} RETURNING *`,
  );
  const giveBack = db.prepare(
    `UPDATE escalation SET state = 'waiting', due_at = :now
     WHERE pk = :pk AND state = 'claimed' AND due_at = :until RETURNING *`,
  );
  const end = db.prepare(
    `UPDATE escalation SET state = :state, doubled = max(doubled, :doubled), tries = :tries
     WHERE pk = :pk AND (state = 'claimed' OR (state = 'failed' AND :state = 'escalated')) RETURNING *`,
  );
  const byPk = db.prepare('SELECT * FROM escalation WHERE pk = ?');

  const get = (row: unknown) => row as EscalationRow | undefined;

  function withMessage(pk: number): ClaimedEscalation | undefined {
    const entry = entryOf(refOf('outbound', pk));
    return entry?.escalation && { ...entry.escalation, entry };
  }

  function tell(
    row: EscalationRow,
    state: Extract<LedgerEvent, { type: 'message.escalated' }>['state'],
    urls: readonly string[],
    at: number,
  ): LedgerEvent {
    const { id, channel, business } = toConversation(conversations.byPk(row.conversation));
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
    hooks.add(event, urls);
    return event;
  }

  /** Gives the lane back, to wait for the next escalation of the conversation if there is one. */
  function release(conversation: number): number | undefined {
    const next = get(first.get(conversation));
    lanes.release('escalation', conversation, next?.due_at);
    return next?.due_at;
  }

  return {
    dueEscalation(id: string, urls: readonly string[], now: number): EscalationsDue {
      const conversation = conversations.rowOf(id)?.pk;
      if (conversation === undefined) return { escalation: undefined, cancelled: [], nextDueAt: undefined };
      const needless = cancelOf.all({ conversation, now }) as unknown as EscalationRow[];
      const cancelled = needless.map(row => tell(row, 'cancelled', urls, now));
      const next = get(first.get(conversation));
      if (next !== undefined && next.due_at <= now)
        return { escalation: withMessage(next.pk), cancelled, nextDueAt: undefined };
      return { escalation: undefined, cancelled, nextDueAt: release(conversation) };
    },

    claimEscalation(ref: string, urls: readonly string[], now: number, leaseMs: number): EscalationClaimed {
      const pk = pkOf(ref);
      const row = get(claim.get({ pk, now, until: now + leaseMs }));
      if (row !== undefined) {
        lanes.lease('escalation', row.conversation, row.due_at);
        const escalation = withMessage(pk);
        return escalation === undefined ? {} : { escalation };
      }
      const needless = get(cancel.get({ pk, now }));
      return needless === undefined ? {} : { event: tell(needless, 'cancelled', urls, now) };
    },

    returnEscalation(ref: string, until: number, now: number): void {
      const row = get(giveBack.get({ pk: pkOf(ref), until, now }));
      if (row !== undefined) release(row.conversation);
    },

    endEscalation(
      ref: string,
      { state, tries, possiblyDoubled }: EscalationEnd,
      urls: readonly string[],
      now: number,
    ) {
      const pk = pkOf(ref);
      const earlier = JSON.parse(get(byPk.get(pk))?.tries ?? '[]') as EscalationTry[];
      const row = get(
        end.get({
          pk,
          state,
          doubled: possiblyDoubled ? 1 : 0,
          tries: JSON.stringify([...earlier, ...tries]),
        }),
      );
      if (row === undefined) return { event: undefined, nextDueAt: undefined };
      return { event: tell(row, state, urls, now), nextDueAt: release(row.conversation) };
    },
  };
}
