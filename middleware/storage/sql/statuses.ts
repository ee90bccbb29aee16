import { eventsOf } from '../../acknowledgements/eventsOf.ts';
import { nothingReported } from '../../acknowledgements/fold.ts';
import { isRecipient } from '../../acknowledgements/isRecipient.ts';
import type { Acknowledgement, Holder } from '../../domain.ts';
import type {
  Acknowledged,
  AcknowledgementEntry,
  LedgerMove,
  LedgerStore,
  Origin,
  QuarantineReason,
} from '../../ports.ts';
import { chainsOf } from './chains.ts';
import type { ConversationRow, ConversationTable } from './conversations.ts';
import type { HookTable } from './hooks.ts';
import { type LedgerRow, type LedgerTable, providerKey } from './ledger.ts';
import type { SetAsideTables } from './setAside.ts';
import type { Op, Sql } from './sql.ts';

/** What statuses are received with. */
export interface StatusBatch {
  readonly shared: boolean;
  readonly firstHolder: Holder;
  readonly hooks: readonly string[];
  readonly now: number;
}

/** What a status that was set aside is received again with. */
export type ReplayBatch = StatusBatch & Pick<Parameters<LedgerStore['replay']>[1], 'businesses'>;

/** A message of ours, as a status finds it by our own id. */
interface SentRow {
  readonly pk: number;
  readonly conversation: number;
  readonly provider_id: string | null;
}

/** What stands in the place of a hash, where a message was never handed to us to be sent. */
const noHash = Buffer.alloc(0);

/** The statuses of the store: each finds its message, or is kept for it. */
export function statusTable(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    ledger: LedgerTable;
    setAside: SetAsideTables;
    hooks: HookTable;
  },
) {
  const { conversations, ledger, setAside, hooks } = tables;
  const byCorrelation = sql.prepare<SentRow>(
    `SELECT pk, conversation, provider_id FROM outbound
     WHERE correlation = ? AND (provider_id IS NULL OR interrupted > 0)`,
  );
  const confirm = sql.prepare(
    `UPDATE outbound SET state = 'sent', provider_id = ?, failure = NULL WHERE pk = ?`,
  );
  const underWay = sql.prepare<object>(
    `SELECT 1 FROM outbound ${sql.dialect.indexedBy('outbound_unsent')}
     WHERE conversation = ? AND state IN ('queued', 'sending') LIMIT 1`,
  );
  const insertOther = sql.prepare(
    `INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, created_at, due_at)
     VALUES (?, ?, 'null', '', 'sent', ?, ?, ?)`,
  );
  // What the customer waited for with it: messages since the one of ours before it, of the latest hundred of anything.
  const waiting = sql.prepare<{ readonly since: number | null }>(
    `SELECT min(admitted_at) AS since FROM
       (SELECT admitted_at, kind FROM inbound WHERE conversation = :conversation ORDER BY pk DESC LIMIT 100) AS latest
     WHERE kind = 'message' AND admitted_at > coalesce((SELECT l.accepted_at FROM outbound o JOIN ledger l ON l.pk = o.pk
       WHERE o.conversation = :conversation AND o.pk < :pk ORDER BY o.pk DESC LIMIT 1), 0)`,
  );
  const removeOther = sql.prepare('DELETE FROM outbound WHERE pk = ?');

  function* tell(move: LedgerMove, { hooks: urls, now }: Pick<StatusBatch, 'hooks' | 'now'>): Op<LedgerMove> {
    if (urls.length > 0 && move.before !== move.after)
      for (const event of eventsOf(move, now)) yield* hooks.add(event, urls);
    return move;
  }

  function* quarantined(of: Acknowledgement, reason: QuarantineReason, now: number): Op<Acknowledged> {
    yield* setAside.quarantine(of, reason, now);
    return { what: 'quarantined', reason };
  }

  /**
   * Our message that a status can only be told by our own id: its call has not been answered, or was made again, so that
   * the provider has it under two ids.
   */
  function* ours({ correlation }: Acknowledgement): Op<SentRow | undefined> {
    return correlation ? yield* byCorrelation.get(correlation) : undefined;
  }

  /** The row of such a message, which begins with the status that says that the provider has it. */
  function* rowOf(
    { pk, conversation, provider_id }: SentRow,
    { providerId }: Acknowledgement,
    key: Buffer,
    now: number,
  ): Op<LedgerRow | undefined> {
    if (provider_id !== null) return yield* ledger.byPk(pk);
    yield* confirm.write(providerId, pk);
    return yield* ledger.begin(pk, conversation, key, now);
  }

  /** The row of a message that somebody else sent over the same number. */
  function* other(
    of: Acknowledgement,
    key: Buffer,
    { shared, firstHolder, now }: StatusBatch,
  ): Op<LedgerRow | undefined> {
    const { channel, business, customer, customerAlias, providerId } = of;
    if (!shared || customer === undefined) return undefined;
    const address = { channel, business, customer };
    let conversation = yield* conversations.find(address);
    if (conversation === undefined && customerAlias)
      conversation = yield* conversations.find({ ...address, customer: customerAlias });
    conversation ??= yield* conversations.create(address, firstHolder, 0);
    // It may be one of ours whose call is not answered yet: then it is joined when that is.
    if ((yield* underWay.get(conversation.pk)) !== undefined) return undefined;
    const pk = yield* insertOther.insert(conversation.pk, noHash, providerId, now, now);
    return yield* ledger.begin(pk, conversation.pk, key, now, 'other');
  }

  const belongs = (
    of: Acknowledgement,
    { channel, business, customer }: ConversationRow,
  ): QuarantineReason | undefined => {
    if (of.channel !== channel || of.business !== business) return 'business';
    return isRecipient(of, customer) ? undefined : 'recipient';
  };

  function* receive(
    { acknowledgement: of, foreign }: AcknowledgementEntry,
    batch: StatusBatch,
  ): Op<Acknowledged> {
    const { now } = batch;
    if (foreign === true) return yield* quarantined(of, 'business', now);
    const key = providerKey(of);
    const known = yield* ledger.byProvider(key);
    const sent = known === undefined ? yield* ours(of) : undefined;
    const found = known ?? sent;
    const owner = found && (yield* conversations.byPk(found.conversation));
    // What providers still say of messages that were erased says something of their customer.
    if (owner !== undefined && owner.erased !== null) return { what: 'repeat', state: nothingReported };
    const reason = owner && belongs(of, owner);
    if (reason !== undefined) return yield* quarantined(of, reason, now);
    const row =
      known ?? (sent === undefined ? yield* other(of, key, batch) : yield* rowOf(sent, of, key, now));
    if (row === undefined) {
      yield* setAside.addOrphan(key, of, now);
      return { what: 'orphan' };
    }
    const conversation = owner ?? (yield* conversations.byPk(row.conversation));
    const waited = known === undefined ? yield* waitedFor(of, key, conversation, now) : [];
    const move = yield* fold(row, [...waited, of], conversation);
    if (move.before === move.after) return { what: 'repeat', state: move.after };
    let made: Origin | undefined;
    if (found === undefined) made = 'other';
    else if (sent?.provider_id === null) made = 'own';
    const since = made === 'own' ? yield* waitingSince(row) : undefined;
    return {
      what: 'applied',
      move: yield* tell(move, batch),
      ...(made !== undefined && { made }),
      ...(since !== undefined && { waitingSince: since }),
    };
  }

  /** Folds statuses into their row. One that says that the window was closed corrects the conversation with it. */
  function* fold(
    row: LedgerRow,
    statuses: readonly Acknowledgement[],
    conversation: ConversationRow,
  ): Op<LedgerMove> {
    const move = yield* ledger.fold(row, statuses, conversation);
    for (const { windowClosed, at } of move.before === move.after ? [] : statuses) {
      // What the customer wrote after the message went out has opened the window again.
      if (windowClosed === true)
        yield* conversations.shutWindow(conversation.id, Math.min(at, row.accepted_at));
    }
    return move;
  }

  /** When the earliest message that a message of ours answers was admitted: of those since the one of ours before it. */
  function* waitingSince({
    conversation,
    pk,
  }: Pick<LedgerRow, 'conversation' | 'pk'>): Op<number | undefined> {
    return (yield* waiting.get({ conversation, pk }))?.since ?? undefined;
  }

  /** The statuses that came before their message was known; those that are not its own are set aside. */
  function* waitedFor(
    of: { readonly correlation?: string },
    key: Buffer,
    conversation: ConversationRow,
    now: number,
  ): Op<readonly Acknowledgement[]> {
    const own: Acknowledgement[] = [];
    for (const waited of yield* setAside.takeOrphans(key, of.correlation ?? '')) {
      const reason = belongs(waited, conversation);
      if (reason === undefined) own.push(waited);
      else yield* setAside.quarantine(waited, reason, now);
    }
    return own;
  }

  /** Receives statuses: those of one message or customer in their order, the others beside them. */
  function* receiveAll(
    entries: readonly AcknowledgementEntry[],
    batch: StatusBatch,
  ): Op<readonly Acknowledged[]> {
    const results: Acknowledged[] = new Array(entries.length);
    const chains = chainsOf(entries.map(({ acknowledgement }) => worksOn(acknowledgement)));
    yield* sql.beside(
      chains.map(function* (chain): Op<void> {
        for (const place of chain)
          results[place] = yield* receive(entries[place] as AcknowledgementEntry, batch);
      }),
    );
    return results;
  }

  return {
    receiveAll,

    /**
     * The provider has taken a message of ours. Statuses that came before its answer are joined; a row that was made for
     * another sender's message turns out to be ours.
     */
    *accept(
      of: { readonly pk: number; readonly conversation: number; readonly correlation: string },
      providerId: string,
      urls: readonly string[],
      now: number,
    ): Op<LedgerMove | undefined> {
      const conversation = yield* conversations.byPk(of.conversation);
      const key = providerKey({ channel: conversation.channel, providerId });
      const known = yield* ledger.byProvider(key);
      if (known !== undefined && known.pk !== of.pk && known.origin === 'other') {
        yield* removeOther.write(known.pk);
        const row = yield* ledger.move(known.pk, of);
        // Whoever listens was told of it as another's.
        return row && { ...(yield* ledger.fold(row, [], conversation)), before: nothingReported };
      }
      const row = yield* ledger.begin(of.pk, of.conversation, key, now);
      if (row === undefined) return undefined;
      if (conversation.erased !== null) {
        yield* setAside.takeOrphans(key, '');
        return undefined;
      }
      const waited = yield* waitedFor(of, key, conversation, now);
      if (waited.length === 0) return undefined;
      return yield* tell(yield* fold(row, waited, conversation), { hooks: urls, now });
    },

    waitingSince,

    /** The customer wrote: what that implies. */
    *answer(
      conversation: ConversationRow,
      at: number,
      urls: readonly string[],
      now: number,
    ): Op<readonly LedgerMove[]> {
      const moves = yield* ledger.answer(conversation, at);
      for (const move of moves) yield* tell(move, { hooks: urls, now });
      return moves;
    },

    /** Receives a status again that was set aside; it stays as it is where nothing else comes of it. */
    *replay(ref: string, { businesses, ...batch }: ReplayBatch): Op<Acknowledged | undefined> {
      const found = yield* setAside.find(ref);
      if (found === undefined) return undefined;
      const { acknowledgement, from } = found;
      const foreign = businesses[acknowledgement.channel]?.includes(acknowledgement.business) !== true;
      const acknowledged = yield* receive({ acknowledgement, ...(foreign && { foreign }) }, batch);
      if (acknowledged.what !== from) yield* setAside.remove(ref);
      return acknowledged;
    },
  };
}

/** See {@link statusTable}. */
export type StatusTable = ReturnType<typeof statusTable>;

/** What a status works on, as far as it tells: two that share none of it are of different messages and customers. */
function worksOn(of: Acknowledgement): readonly string[] {
  const { channel, business, customer, customerAlias, providerId, correlation } = of;
  const customers = [customer, customerAlias].filter(each => each !== undefined);
  return [
    `message ${channel} ${providerId}`,
    ...(correlation === undefined ? [] : [`call ${correlation}`]),
    ...customers.map(each => `customer ${channel} ${business} ${each}`),
  ];
}
