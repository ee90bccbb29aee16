import type { DatabaseSync } from 'node:sqlite';
import { eventsOf } from '../../acknowledgements/eventsOf.ts';
import { nothingReported } from '../../acknowledgements/fold.ts';
import { isRecipient } from '../../acknowledgements/isRecipient.ts';
import type { Acknowledgement, Holder } from '../../domain.ts';
import type {
  Acknowledged,
  AcknowledgementEntry,
  LedgerMove,
  LedgerStore,
  QuarantineReason,
} from '../../ports.ts';
import type { ConversationRow, ConversationTable } from './conversations.ts';
import type { HookTable } from './hooks.ts';
import { type LedgerRow, type LedgerTable, providerKey } from './ledger.ts';
import type { SetAsideTables } from './setAside.ts';

/** What statuses are received with. */
export interface StatusBatch {
  readonly shared: boolean;
  readonly firstHolder: Holder;
  readonly hooks: readonly string[];
  readonly now: number;
}

/** What a status that was set aside is received again with. */
export type ReplayBatch = StatusBatch & Pick<Parameters<LedgerStore['replay']>[1], 'businesses'>;

/** The statuses of the store: each finds its message, or is kept for it. */
export function statusTable(
  db: DatabaseSync,
  tables: {
    conversations: ConversationTable;
    ledger: LedgerTable;
    setAside: SetAsideTables;
    hooks: HookTable;
  },
) {
  const { conversations, ledger, setAside, hooks } = tables;
  const byCorrelation = db.prepare(
    `SELECT pk, conversation, provider_id FROM outbound
     WHERE correlation = ? AND (provider_id IS NULL OR interrupted > 0)`,
  );
  const confirm = db.prepare(
    `UPDATE outbound SET state = 'sent', provider_id = ?, failure = NULL WHERE pk = ?`,
  );
  const underWay = db.prepare(
    `SELECT 1 FROM outbound INDEXED BY outbound_unsent
     WHERE conversation = ? AND state IN ('queued', 'sending') LIMIT 1`,
  );
  const insertOther = db.prepare(
    `INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, created_at, due_at)
     VALUES (?, x'', 'null', '', 'sent', ?, ?, ?) RETURNING pk`,
  );
  // What the customer waited for with it: messages since the one of ours before it, of the latest hundred of anything.
  const waiting = db.prepare(
    `SELECT min(admitted_at) AS since FROM
       (SELECT admitted_at, kind FROM inbound WHERE conversation = :conversation ORDER BY pk DESC LIMIT 100)
     WHERE kind = 'message' AND admitted_at > coalesce((SELECT l.accepted_at FROM outbound o JOIN ledger l ON l.pk = o.pk
       WHERE o.conversation = :conversation AND o.pk < :pk ORDER BY o.pk DESC LIMIT 1), 0)`,
  );
  const removeOther = db.prepare(`DELETE FROM outbound WHERE pk = ?`);

  function tell(move: LedgerMove, { hooks: urls, now }: Pick<StatusBatch, 'hooks' | 'now'>): LedgerMove {
    if (urls.length > 0 && move.before !== move.after)
      for (const event of eventsOf(move, now)) hooks.add(event, urls);
    return move;
  }

  function quarantined(of: Acknowledgement, reason: QuarantineReason, now: number): Acknowledged {
    setAside.quarantine(of, reason, now);
    return { what: 'quarantined', reason };
  }

  /**
   * Our message that a status can only be told by our own id: its call has not been answered, or was made again, so that
   * the provider has it under two ids.
   */
  function ours({ correlation, providerId }: Acknowledgement, key: Buffer, now: number) {
    if (correlation === undefined) return undefined;
    const found = byCorrelation.get(correlation) as
      | { readonly pk: number; readonly conversation: number; readonly provider_id: string | null }
      | undefined;
    if (found === undefined) return undefined;
    const row = (): LedgerRow | undefined => {
      if (found.provider_id !== null) return ledger.byPk(found.pk);
      confirm.run(providerId, found.pk);
      return ledger.begin(found.pk, found.conversation, key, now);
    };
    const made = found.provider_id === null ? ('own' as const) : undefined;
    return { conversation: found.conversation, row, made };
  }

  /** The row of a message that somebody else sent over the same number. */
  function other(
    of: Acknowledgement,
    key: Buffer,
    { shared, firstHolder, now }: StatusBatch,
  ): LedgerRow | undefined {
    const { channel, business, customer, customerAlias, providerId } = of;
    if (!shared || customer === undefined) return undefined;
    const address = { channel, business, customer };
    const byAlias = () => customerAlias && conversations.find({ ...address, customer: customerAlias });
    const conversation =
      conversations.find(address) || byAlias() || conversations.create(address, firstHolder, 0);
    // It may be one of ours whose call is not answered yet: then it is joined when that is.
    if (underWay.get(conversation.pk) !== undefined) return undefined;
    const { pk } = insertOther.get(conversation.pk, providerId, now, now) as { pk: number };
    return ledger.begin(pk, conversation.pk, key, now, 'other');
  }

  const belongs = (
    of: Acknowledgement,
    { channel, business, customer }: ConversationRow,
  ): QuarantineReason | undefined => {
    if (of.channel !== channel || of.business !== business) return 'business';
    return isRecipient(of, customer) ? undefined : 'recipient';
  };

  function receive({ acknowledgement: of, foreign }: AcknowledgementEntry, batch: StatusBatch): Acknowledged {
    const { now } = batch;
    if (foreign === true) return quarantined(of, 'business', now);
    const key = providerKey(of);
    const known = ledger.byProvider(key);
    const found = known === undefined ? ours(of, key, now) : { ...known, row: () => known, made: undefined };
    const owner = found && conversations.byPk(found.conversation);
    const reason = owner && belongs(of, owner);
    if (reason !== undefined) return quarantined(of, reason, now);
    const row = found === undefined ? other(of, key, batch) : found.row();
    if (row === undefined) {
      setAside.addOrphan(key, of, now);
      return { what: 'orphan' };
    }
    const conversation = owner ?? conversations.byPk(row.conversation);
    const waited = known === undefined ? waitedFor(of, key, conversation, now) : [];
    const move = fold(row, [...waited, of], conversation);
    if (move.before === move.after) return { what: 'repeat', state: move.after };
    const made = found === undefined ? ('other' as const) : found.made;
    const since = made === 'own' ? waitingSince(row) : undefined;
    return {
      what: 'applied',
      move: tell(move, batch),
      ...(made !== undefined && { made }),
      ...(since !== undefined && { waitingSince: since }),
    };
  }

  /** Folds statuses into their row. One that says that the window was closed corrects the conversation with it. */
  function fold(
    row: LedgerRow,
    statuses: readonly Acknowledgement[],
    conversation: ConversationRow,
  ): LedgerMove {
    const move = ledger.fold(row, statuses, conversation);
    for (const { windowClosed, at } of move.before === move.after ? [] : statuses) {
      // What the customer wrote after the message went out has opened the window again.
      if (windowClosed === true) conversations.shutWindow(conversation.id, Math.min(at, row.accepted_at));
    }
    return move;
  }

  /** When the earliest message that a message of ours answers was admitted: of those since the one of ours before it. */
  function waitingSince({ conversation, pk }: Pick<LedgerRow, 'conversation' | 'pk'>): number | undefined {
    return (waiting.get({ conversation, pk }) as { since: number | null }).since ?? undefined;
  }

  /** The statuses that came before their message was known; those that are not its own are set aside. */
  function waitedFor(
    of: { readonly correlation?: string },
    key: Buffer,
    conversation: ConversationRow,
    now: number,
  ): readonly Acknowledgement[] {
    return setAside.takeOrphans(key, of.correlation ?? '').filter(waited => {
      const reason = belongs(waited, conversation);
      if (reason !== undefined) setAside.quarantine(waited, reason, now);
      return reason === undefined;
    });
  }

  return {
    receive,

    /**
     * The provider has taken a message of ours. Statuses that came before its answer are joined; a row that was made for
     * another sender's message turns out to be ours.
     */
    accept(
      of: { readonly pk: number; readonly conversation: number; readonly correlation: string },
      providerId: string,
      urls: readonly string[],
      now: number,
    ): LedgerMove | undefined {
      const conversation = conversations.byPk(of.conversation);
      const key = providerKey({ channel: conversation.channel, providerId });
      const known = ledger.byProvider(key);
      if (known !== undefined && known.pk !== of.pk && known.origin === 'other') {
        removeOther.run(known.pk);
        const row = ledger.move(known.pk, of);
        // Whoever listens was told of it as another's.
        return row && { ...ledger.fold(row, [], conversation), before: nothingReported };
      }
      const row = ledger.begin(of.pk, of.conversation, key, now);
      if (row === undefined) return undefined;
      const waited = waitedFor(of, key, conversation, now);
      if (waited.length === 0) return undefined;
      return tell(fold(row, waited, conversation), { hooks: urls, now });
    },

    waitingSince,

    /** The customer wrote: what that implies. */
    answer(
      conversation: ConversationRow,
      at: number,
      urls: readonly string[],
      now: number,
    ): readonly LedgerMove[] {
      return ledger.answer(conversation, at).map(move => tell(move, { hooks: urls, now }));
    },

    /** Receives a status again that was set aside; it stays as it is where nothing else comes of it. */
    replay(ref: string, { businesses, ...batch }: ReplayBatch): Acknowledged | undefined {
      const found = setAside.find(ref);
      if (found === undefined) return undefined;
      const { acknowledgement, from } = found;
      const foreign = businesses[acknowledgement.channel]?.includes(acknowledgement.business) !== true;
      const acknowledged = receive({ acknowledgement, ...(foreign && { foreign }) }, batch);
      if (acknowledged.what !== from) setAside.remove(ref);
      return acknowledged;
    },
  };
}

/** See {@link statusTable}. */
export type StatusTable = ReturnType<typeof statusTable>;
