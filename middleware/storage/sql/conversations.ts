import type { Address, ChannelName, Conversation, Holder } from '../../domain.ts';
import type { Store } from '../../ports.ts';
import { conversationId } from './conversationId.ts';
import { Raced } from './raced.ts';
import type { Op, Sql } from './sql.ts';

/** A row of the table `conversation`. */
export interface ConversationRow {
  readonly pk: number;
  readonly id: string;
  readonly channel: ChannelName;
  readonly business: string;
  readonly customer: string;
  readonly holder: Holder;
  readonly workstream: string | null;
  readonly policy: string | null;
  readonly version: number;
  readonly window_from: number;
  /** The `window_from` of which the provider said that the window was closed all the same. */
  readonly window_shut: number | null;
  readonly read_pk: number | null;
  readonly read_at: number | null;
  readonly seen_pk: number;
  readonly agent: string | null;
  readonly assigned_to: string | null;
  /** How it came to agents, as JSON. */
  readonly handoff: string | null;
  /** NULL, or that it is erased: then nothing finds it by its id or address any more. */
  readonly erased: string | null;
}

/** A row with what is under way in its conversation. */
export interface BusyConversationRow extends ConversationRow {
  /** When the last message of ours that is still to go out is due; NULL: none is. */
  readonly replies_until: number | null;
}

/** The row as the engine sees it. */
export function toConversation(row: ConversationRow): Conversation {
  return {
    id: row.id,
    channel: row.channel,
    business: row.business,
    customer: row.customer,
    holder: row.holder,
    version: row.version,
    windowFrom: row.window_from,
    ...(row.window_shut !== null && row.window_from <= row.window_shut && { windowShut: true }),
    ...(row.workstream !== null && { workstream: row.workstream }),
    ...(row.policy !== null && { policy: JSON.parse(row.policy) }),
    ...(row.agent !== null && { agent: row.agent }),
    ...(row.assigned_to !== null && { assignedTo: row.assigned_to }),
    ...(row.handoff !== null && { handoff: JSON.parse(row.handoff) }),
  };
}

/** The conversations of the store. */
export function conversationTable(sql: Sql) {
  const isAt = 'customer = ? AND business = ? AND channel = ?';
  const byAddress = sql.prepare<ConversationRow>(`SELECT * FROM conversation WHERE ${isAt}`, {
    types: ['text', 'text', 'text'],
  });
  const busyByAddress = sql.prepare<BusyConversationRow>(
    `SELECT *, (SELECT max(due_at) FROM outbound ${sql.dialect.indexedBy('outbound_unsent')}
       WHERE outbound.conversation = conversation.pk AND state IN ('queued', 'sending')) AS replies_until
     FROM conversation WHERE ${isAt}`,
    { types: ['text', 'text', 'text'] },
  );
  const byId = sql.prepare<ConversationRow>('SELECT * FROM conversation WHERE id = ? AND erased IS NULL', {
    types: ['text'],
  });
  const byIdErased = sql.prepare<ConversationRow>(
    'SELECT * FROM conversation WHERE id = ? AND erased IS NOT NULL',
  );
  const byPk = sql.prepare<ConversationRow>('SELECT * FROM conversation WHERE pk = ?', { types: ['bigint'] });
  const inserting = (given: string) =>
    `INSERT INTO conversation (id, channel, business, customer, holder, window_from) ${given}
     ON CONFLICT (customer, business, channel) DO NOTHING RETURNING *`;
  const insert = sql.prepare<ConversationRow>(inserting('VALUES (?, ?, ?, ?, ?, ?)'), {
    types: ['text', 'text', 'text', 'text', 'text', 'bigint'],
    // In one order, so that processes that make the same ones do not wait for one another in a circle.
    text: given => `WITH t AS MATERIALIZED (SELECT t.* FROM ${given}),
        written AS (${inserting('SELECT p1, p2, p3, p4, p5, p6 FROM t ORDER BY p4, p3, p2')})
      SELECT t.call, written.* FROM t JOIN written ON written.id = t.p1`,
  });
  const moveWindow = sql.prepare(
    `UPDATE conversation SET window_from = ${sql.dialect.greatest('window_from', '?')} WHERE pk = ?`,
    {
      types: ['bigint', 'bigint'],
      text: given => `UPDATE conversation SET window_from = ${sql.dialect.greatest('window_from', 't.p1')}
        FROM ${given} WHERE pk = t.p2 RETURNING t.call`,
    },
  );
  const shut = sql.prepare(
    'UPDATE conversation SET window_shut = window_from WHERE id = ? AND window_from <= ?',
  );
  const markRead = sql.prepare(
    `UPDATE conversation SET read_pk = :message, read_at = :sent_at
     WHERE pk = :pk AND (read_at IS NULL OR (read_at, read_pk) < (:sent_at, :message))`,
    {
      types: { pk: 'bigint', message: 'bigint', sent_at: 'bigint' },
      text: given => `UPDATE conversation c SET read_pk = t.message, read_at = t.sent_at FROM ${given}
        WHERE c.pk = t.pk AND (c.read_at IS NULL OR (c.read_at, c.read_pk) < (t.sent_at, t.message)) RETURNING t.call`,
    },
  );
  const change = sql.prepare<ConversationRow>(
    `UPDATE conversation SET holder = ?, workstream = ?, policy = ?, version = version + 1 WHERE id = ? RETURNING *`,
  );

  const see = sql.prepare(
    `UPDATE conversation SET seen_pk = coalesce((SELECT max(pk) FROM inbound WHERE inbound.conversation = conversation.pk), 0)
     WHERE id = ?`,
  );

  const find = (address: Address) => byAddress.get(address.customer, address.business, address.channel);
  const rowOf = (id: string) => byId.get(id);

  return {
    find,
    /** The conversation with what is under way in it. */
    findBusy: ({ customer, business, channel }: Address) => busyByAddress.get(customer, business, channel),
    rowOf,
    /** A conversation that was erased while somebody worked on it. */
    erasedRowOf: (id: string) => byIdErased.get(id),
    byPk: (pk: number) => byPk.get(pk) as Op<ConversationRow>,

    /** @throws Raced if another process has made it meanwhile */
    *create(
      { channel, business, customer }: Address,
      holder: Holder,
      windowFrom: number,
    ): Op<ConversationRow> {
      const row = yield* insert.get(conversationId(), channel, business, customer, holder, windowFrom);
      if (row === undefined) throw new Raced();
      return row;
    },

    moveWindow: (pk: number, from: number) => moveWindow.write(from, pk),
    markRead: (pk: number, message: number, sentAt: number) =>
      markRead.write({ pk, message, sent_at: sentAt }),

    *conversation(by: string | Address): Op<Conversation | undefined> {
      const row = yield* typeof by === 'string' ? rowOf(by) : find(by);
      return row && toConversation(row);
    },

    *markSeen(id: string): Op<void> {
      yield* see.write(id);
    },

    *shutWindow(id: string, at: number): Op<void> {
      yield* shut.write(id, at);
    },

    *changeConversation(
      id: string,
      wanted: Parameters<Store['changeConversation']>[1],
    ): Op<Conversation | undefined> {
      const row = yield* rowOf(id);
      if (row === undefined) return undefined;
      const policy =
        wanted.policy === undefined ? row.policy : wanted.policy && JSON.stringify(wanted.policy);
      const workstream = wanted.workstream === undefined ? row.workstream : wanted.workstream;
      const changed = yield* change.get(wanted.holder ?? row.holder, workstream, policy as string | null, id);
      return toConversation(changed as ConversationRow);
    },
  };
}

/** See {@link conversationTable}. */
export type ConversationTable = ReturnType<typeof conversationTable>;
