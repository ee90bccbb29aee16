import { createHash } from 'node:crypto';
import type { InboundKind, OutboundState } from '../../domain.ts';
import type {
  LedgerEvent,
  Outbound,
  OutboundAdded,
  OutboundChange,
  OutboundChanged,
  OutboundRequest,
} from '../../ports.ts';
import { type ConversationRow, type ConversationTable, toConversation } from './conversations.ts';
import type { EscalationTable } from './escalations.ts';
import type { HookTable } from './hooks.ts';
import { type LaneTable, type Leased, leasedOf } from './lanes.ts';
import type { LetterTable } from './letters.ts';
import { erased, erasedOutbound } from './personal/erasedOutbound.ts';
import { pkOf, refOf } from './refs.ts';
import type { RefusalTable } from './refusals.ts';
import type { KeyedRequest, SendKeyTable } from './sendKeys.ts';
import type { Op, Sql, ValueType } from './sql.ts';
import type { StatusTable } from './statuses.ts';

/** A row of the table `outbound`. */
export interface OutboundRow {
  readonly pk: number;
  readonly conversation: number;
  readonly turn: number | null;
  readonly ordinal: number | null;
  readonly content: string;
  readonly correlation: string;
  readonly state: OutboundState;
  readonly provider_id: string | null;
  readonly attempts: number;
  readonly interrupted: number;
  readonly created_at: number;
  readonly due_at: number;
  readonly failure: string | null;
  readonly instead_of: string | null;
}

/** The columns of an {@link OutboundRow}. */
const outboundColumns =
  'pk, conversation, turn, ordinal, content, correlation, state, provider_id, attempts, interrupted, created_at, due_at, failure, instead_of';

/** The outbound messages of the store. Those of one conversation go out one at a time, in the order they came. */
export function outboundTable(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    lanes: LaneTable;
    letters: LetterTable;
    statuses: StatusTable;
    escalations: EscalationTable;
    keys: SendKeyTable;
    hooks: HookTable;
    refusals: RefusalTable;
  },
) {
  const { conversations, lanes, letters, statuses, escalations, keys, hooks, refusals } = tables;
  const isUnsent = `state IN ('queued', 'sending')`;
  const byPk = sql.prepare<OutboundRow>(`SELECT ${outboundColumns} FROM outbound WHERE pk = ?`, {
    types: ['bigint'],
  });
  const kindOf = sql.prepare<{ readonly kind: InboundKind }>('SELECT kind FROM inbound WHERE pk = ?');
  // The hash is of what was given to be sent: it is the same when a turn runs again.
  const ofTurn = sql.prepare<OutboundRow & { readonly hash: Uint8Array }>(
    `SELECT ${outboundColumns}, hash FROM outbound WHERE turn = ? AND ordinal = ? ORDER BY pk DESC LIMIT 1`,
    { types: ['bigint', 'int'] },
  );
  const supersede = sql.prepare<Pick<OutboundRow, 'pk'>>(
    `UPDATE outbound SET state = 'failed', failure = 'superseded: the turn ran again and answered otherwise'
     WHERE turn = ? AND ordinal >= ? AND state = 'queued' RETURNING pk`,
  );
  const drop = sql.prepare<Pick<OutboundRow, 'pk'>>(
    `UPDATE outbound SET state = 'failed', failure = 'superseded: an agent has taken the conversation'
     WHERE conversation = ? AND turn IS NOT NULL AND state = 'queued' RETURNING pk`,
  );
  const refsOf = (rows: readonly Pick<OutboundRow, 'pk'>[]) => rows.map(({ pk }) => refOf('outbound', pk));
  const given =
    'conversation, turn, ordinal, hash, content, correlation, state, created_at, due_at, instead_of, sender, agent';
  const insert = sql.prepare<OutboundRow>(
    `INSERT INTO outbound (${given}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${outboundColumns}`,
    {
      types: [
        ...['bigint', 'bigint', 'int', 'bytea', 'text', 'text'],
        ...['text', 'bigint', 'bigint', 'text', 'text', 'text'],
      ] as readonly ValueType[],
      text: table => `WITH named AS MATERIALIZED
          (SELECT nextval(pg_get_serial_sequence('outbound', 'pk')) AS pk, t.* FROM ${table}),
        written AS (INSERT INTO outbound (pk, ${given})
          SELECT pk, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12 FROM named RETURNING ${outboundColumns})
        SELECT named.call, written.* FROM named JOIN written USING (pk)`,
    },
  );
  // Named, as SQLite would take the index over all messages of the conversation, and read them.
  const first = sql.prepare<Pick<OutboundRow, 'pk' | 'turn' | 'state' | 'due_at'> & Leased>(
    `SELECT pk, turn, state, due_at, ${leasedOf('outbound', 'outbound')} FROM outbound ${sql.dialect.indexedBy('outbound_unsent')}
     WHERE conversation = ? AND ${isUnsent} ORDER BY pk LIMIT 1`,
    { types: ['bigint'] },
  );
  const take = sql.prepare<OutboundRow>(
    `UPDATE outbound SET interrupted = CASE WHEN state = 'sending' THEN interrupted + 1 ELSE interrupted END,
       state = 'sending' WHERE pk = ?
     RETURNING ${outboundColumns}`,
  );
  // A status may have told meanwhile that the provider has it, whatever became of the call's answer.
  const change = sql.prepare<OutboundRow>(
    `UPDATE outbound SET state = ?, provider_id = ?, due_at = coalesce(?, due_at), failure = ?,
       attempts = attempts + ?, interrupted = interrupted + ?
     WHERE pk = ? AND state <> 'sent' AND coalesce(failure, '') <> '${erased}'
     RETURNING ${outboundColumns}`,
    {
      types: ['text', 'text', 'bigint', 'text', 'int', 'int', 'bigint'],
      text: table => `UPDATE outbound SET state = t.p1, provider_id = t.p2, due_at = coalesce(t.p3, due_at), failure = t.p4,
          attempts = attempts + t.p5, interrupted = interrupted + t.p6 FROM ${table}
        WHERE pk = t.p7 AND state <> 'sent' AND coalesce(failure, '') <> '${erased}' RETURNING t.call, ${outboundColumns}`,
    },
  );
  const toOutbound = (row: OutboundRow, conversation: ConversationRow): Outbound => ({
    ref: refOf('outbound', row.pk),
    conversation: toConversation(conversation),
    content: JSON.parse(row.content),
    correlation: row.correlation,
    state: row.state,
    providerId: row.provider_id ?? undefined,
    attempts: row.attempts,
    interrupted: row.interrupted,
    createdAt: row.created_at,
    failure: row.failure ?? undefined,
    ...(row.turn !== null && {
      turn: { ref: refOf('message', row.turn), ordinal: Number(row.ordinal) },
    }),
    ...(row.instead_of !== null && { insteadOf: JSON.parse(row.instead_of) }),
  });

  /** Gives the lane back, to wait for the next message of the conversation if there is one. */
  function* release(conversation: number): Op<number | undefined> {
    const next = yield* first.get(conversation);
    yield* lanes.release('outbound', conversation, next?.due_at);
    return next?.due_at;
  }

  /** A status has told that the provider has the message, or it was erased: what its call came to changes nothing any more. */
  function* confirmed(pk: number, sent: string | null, now: number): Op<OutboundChanged> {
    const row = yield* byPk.get(pk);
    if (row === undefined) return { nextDueAt: undefined };
    // Erased while its call was under way: what comes of it is known to be nobody's.
    if (row.failure === erased && sent !== null) yield* statuses.accept(row, sent, [], now);
    const nextDueAt = yield* release(row.conversation);
    return { nextDueAt, ...(row.provider_id !== null && { confirmed: row.provider_id }) };
  }

  /** A message will not go out: there is a letter for it, and whoever wants to know is told. */
  function* fail(
    row: OutboundRow,
    { failure, refusal, hooks: urls = [] }: Extract<OutboundChange, { state: 'failed' }>,
    now: number,
  ): Op<OutboundChanged> {
    const { id, channel, business } = yield* conversations.byPk(row.conversation);
    const message = refOf('outbound', row.pk);
    const item = { outbound: message, content: JSON.parse(row.content) };
    yield* letters.add({ at: now, what: 'outbound', channel, reason: failure, item });
    const failed: LedgerEvent = {
      type: 'message.failed',
      at: now,
      channel,
      business,
      message,
      conversation: id,
      code: codeOf(failure),
      ...(refusal && { is: refusal.is }),
    };
    if (urls.length > 0) yield* hooks.add(failed, urls);
    return { nextDueAt: yield* release(row.conversation), failed };
  }

  function* repeatedBy(request: KeyedRequest): Op<OutboundAdded | undefined> {
    const found = yield* keys.find(request);
    if (found === undefined) return undefined;
    const row = (yield* byPk.get(found.pk)) as OutboundRow;
    const outbound = toOutbound(row, yield* conversations.byPk(row.conversation));
    return { outbound, call: false, ...(found.conflict && { conflict: true }) };
  }

  function* tooLate(request: OutboundRequest): Op<OutboundAdded> {
    const conversation = yield* conversations.erasedRowOf(request.conversation);
    if (conversation === undefined) throw new RangeError(`no conversation ${request.conversation}`);
    return erasedOutbound(conversation, request);
  }

  return {
    repeatedOutbound: repeatedBy,

    *addOutbound(request: OutboundRequest): Op<OutboundAdded> {
      const { conversation: id, content, correlation, now, leaseMs, turn, dueAt = now } = request;
      const { escalate, insteadOf, replaces, sender } = request;
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return yield* tooLate(request);
      const repeated = yield* repeatedBy(request);
      if (repeated !== undefined) return repeated;
      const json = JSON.stringify(content);
      const given = insteadOf === undefined ? json : JSON.stringify(insteadOf);
      const hash = createHash('sha256').update(given).digest();
      let superseded: readonly string[] = [];
      if (turn !== undefined) {
        const earlier = yield* ofTurn.get(pkOf(turn.ref), turn.ordinal);
        const isSame = earlier !== undefined && hash.equals(earlier.hash);
        const isReplaced = insteadOf !== undefined && earlier?.instead_of === null;
        if (isSame && !isReplaced) return { outbound: toOutbound(earlier, conversation), call: false };
        if (earlier !== undefined && !isSame)
          superseded = refsOf(yield* supersede.all(pkOf(turn.ref), turn.ordinal));
      }
      const isFree = !(yield* lanes.busy('outbound', conversation.pk));
      const call = isFree && dueAt <= now;
      if (call) yield* lanes.lease('outbound', conversation.pk, now + leaseMs);
      else if (isFree) yield* lanes.release('outbound', conversation.pk, dueAt);
      const row = (yield* insert.get(
        conversation.pk,
        turn === undefined ? null : pkOf(turn.ref),
        turn?.ordinal ?? null,
        hash,
        json,
        correlation,
        call ? 'sending' : 'queued',
        now,
        dueAt,
        insteadOf === undefined ? null : JSON.stringify(insteadOf),
        sender?.by ?? null,
        sender?.agent ?? null,
      )) as OutboundRow;
      if (escalate !== undefined) yield* escalations.begin(row.pk, conversation.pk, escalate, now);
      yield* keys.add(row.pk, request);
      if (replaces !== undefined) {
        yield* keys.move(pkOf(replaces), row.pk);
        yield* escalations.move(pkOf(replaces), row.pk);
      }
      return { outbound: toOutbound(row, conversation), call, ...(superseded.length > 0 && { superseded }) };
    },

    *nextOutbound(id: string, now: number): Op<Outbound | undefined> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return undefined;
      const row = yield* first.get(conversation.pk);
      // Whoever has taken over is at it.
      if (row !== undefined && lanes.isTheirs(row)) return undefined;
      if (row === undefined || (row.state === 'queued' && row.due_at > now)) {
        yield* lanes.release('outbound', conversation.pk, row?.due_at);
        return undefined;
      }
      const outbound = toOutbound((yield* take.get(row.pk)) as OutboundRow, conversation);
      const answers = row.turn === null ? undefined : yield* kindOf.get(row.turn);
      return { ...outbound, ...(answers && { answers: answers.kind }) };
    },

    *changeOutbound(ref: string, to: OutboundChange, now: number): Op<OutboundChanged> {
      const sent = to.state === 'sent' ? to.providerId : null;
      const dueAt = to.state === 'queued' ? to.dueAt : null;
      const failure = to.state === 'failed' ? to.failure : null;
      const counted = to.state === 'queued' && !to.counted ? 0 : 1;
      const interrupted = to.state === 'queued' && to.interrupted ? 1 : 0;
      const row = yield* change.get(to.state, sent, dueAt, failure, counted, interrupted, pkOf(ref));
      if (row === undefined) return yield* confirmed(pkOf(ref), sent, now);
      if (to.state === 'failed' && to.refusal !== undefined)
        yield* refusals.keep('outbound', row.pk, to.refusal);
      if (to.state === 'failed') return yield* fail(row, to, now);
      if (to.state === 'queued') return { nextDueAt: yield* release(row.conversation) };
      const joined = yield* statuses.accept(row, to.providerId, to.hooks ?? [], now);
      const since = yield* statuses.waitingSince(row);
      return {
        nextDueAt: yield* release(row.conversation),
        ...(joined !== undefined && { joined }),
        ...(since !== undefined && { waitingSince: since }),
      };
    },

    *dropReplies(id: string): Op<readonly string[]> {
      const conversation = yield* conversations.rowOf(id);
      return conversation === undefined ? [] : refsOf(yield* drop.all(conversation.pk));
    },

    *outbound(ref: string): Op<Outbound | undefined> {
      const row = yield* byPk.get(pkOf(ref));
      return row && toOutbound(row, yield* conversations.byPk(row.conversation));
    },
  };
}

/** The provider's code, or one of ours where the reason is a sentence. */
function codeOf(failure: string): string {
  return /^[\w.-]{1,64}$/.test(failure) ? failure : 'not_sent';
}
