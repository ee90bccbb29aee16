import type { DatabaseSync } from 'node:sqlite';
import { nothingReported } from '../../acknowledgements/fold.ts';
import { isRecipient } from '../../acknowledgements/isRecipient.ts';
import { eventsOf } from '../../acknowledgements/ledgerEvents.ts';
import type { Acknowledgement, Holder } from '../../domain.ts';
import type { Acknowledged, AcknowledgementEntry, LedgerMove, QuarantineReason } from '../../ports.ts';
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
    `SELECT 1 FROM outbound WHERE conversation = ? AND state IN ('queued', 'sending') LIMIT 1`,
  );
  const insertOther = db.prepare(
    `INSERT INTO outbound (conversation, hash, content, correlation, state, provider_id, created_at, due_at)
     VALUES (?, x'', 'null', '', 'sent', ?, ?, ?) RETURNING pk`,
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
    const { channel, business, customer, providerId } = of;
    if (!shared || customer === undefined) return undefined;
    const address = { channel, business, customer };
    const conversation = conversations.find(address) ?? conversations.create(address, firstHolder, 0);
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
    let row: LedgerRow | undefined;
    if (found !== undefined) {
      const reason = belongs(of, conversations.byPk(found.conversation));
      if (reason !== undefined) return quarantined(of, reason, now);
      row = found.row();
    } else row = other(of, key, batch);
    if (row === undefined) {
      setAside.addOrphan(key, of, now);
      return { what: 'orphan' };
    }
    const conversation = conversations.byPk(row.conversation);
    const waited = known === undefined && found !== undefined ? waitedFor(of, key, conversation, now) : [];
    const move = ledger.fold(row, [...waited, of], conversation);
    if (move.before === move.after) return { what: 'repeat', state: move.after };
    const made = found === undefined ? ('other' as const) : found.made;
    return { what: 'applied', move: tell(move, batch), ...(made !== undefined && { made }) };
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
        const row = ledger.move(known.pk, of.pk);
        return row && { ...ledger.fold(row, [], conversation), before: nothingReported };
      }
      const row = ledger.begin(of.pk, of.conversation, key, now);
      if (row === undefined) return undefined;
      const waited = waitedFor(of, key, conversation, now);
      if (waited.length === 0) return undefined;
      return tell(ledger.fold(row, waited, conversation), { hooks: urls, now });
    },

    /** The customer wrote: what that implies. */
    answer(
      conversation: ConversationRow,
      at: number,
      urls: readonly string[],
      now: number,
    ): readonly LedgerMove[] {
      return ledger.answer(conversation, at).map(move => tell(move, { hooks: urls, now }));
    },

    /** Receives a status again that was set aside. */
    replay(ref: string, batch: StatusBatch): Acknowledged | undefined {
      const acknowledgement = setAside.take(ref);
      return acknowledgement && receive({ acknowledgement }, batch);
    },
  };
}

/** See {@link statusTable}. */
export type StatusTable = ReturnType<typeof statusTable>;
