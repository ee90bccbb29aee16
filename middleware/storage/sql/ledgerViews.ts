import { nothingReported } from '../../acknowledgements/fold.ts';
import type { ChannelName } from '../../domain.ts';
import type { FailureView, LedgerEntry, PageQuery } from '../../ports.ts';
import { type ConversationTable, toConversation } from './conversations.ts';
import type { EscalationTable } from './escalations.ts';
import { type LedgerTable, providerKey } from './ledger.ts';
import type { OutboundRow } from './outbounds.ts';
import { pkOf, placeOf, refOf } from './refs.ts';
import type { RefusalTable } from './refusals.ts';
import type { Op, Sql } from './sql.ts';

interface FailureRow {
  readonly pk: number;
  readonly ledger: number;
  readonly code: string;
  readonly detail: string | null;
  readonly at: number;
  readonly conversation: string;
  readonly channel: ChannelName;
}

/** What the ledger is asked for: one message, those of a conversation, what failed. */
export function ledgerViews(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    ledger: LedgerTable;
    escalations: EscalationTable;
    refusals: RefusalTable;
  },
) {
  const { conversations, ledger, escalations, refusals } = tables;
  const byPk = sql.prepare<OutboundRow>('SELECT * FROM outbound WHERE pk = ?');
  const page = sql.prepare<OutboundRow>(
    'SELECT * FROM outbound WHERE conversation = ? AND pk < ? ORDER BY pk DESC LIMIT ?',
  );
  const failures = sql.prepare<FailureRow>(
    `SELECT n.pk, n.ledger, n.code, n.detail, n.at, c.id AS conversation, c.channel
     FROM ledger_note n JOIN ledger l ON l.pk = n.ledger JOIN conversation c ON c.pk = l.conversation
     WHERE n.kind = 'failure' AND n.pk < ? ORDER BY n.pk DESC LIMIT ?`,
  );

  function* toEntry(row: OutboundRow): Op<LedgerEntry> {
    const conversation = yield* conversations.byPk(row.conversation);
    const reported = yield* ledger.byPk(row.pk);
    const { window_from: repliedAt } = conversation;
    const refusal = row.failure === null ? undefined : yield* refusals.of('outbound', row.pk);
    return {
      ref: refOf('outbound', row.pk),
      conversation: toConversation(conversation),
      origin: reported?.origin ?? 'own',
      content: JSON.parse(row.content) ?? undefined,
      sending: row.state,
      providerId: row.provider_id ?? undefined,
      createdAt: row.created_at,
      acceptedAt: reported?.accepted_at,
      failure: row.failure ?? undefined,
      // What it failed for once, before it was tried again, is not why it fails now.
      refusal: refusal?.code === row.failure ? refusal : undefined,
      possiblyDoubled: row.interrupted > 0,
      insteadOf: row.instead_of === null ? undefined : JSON.parse(row.instead_of),
      state: reported === undefined ? nothingReported : yield* ledger.stateOf(reported, repliedAt),
      escalation: yield* escalations.viewOf(row.pk),
    };
  }

  function* ledgerEntry(
    by: { readonly ref: string } | { readonly channel: ChannelName; readonly providerId: string },
  ): Op<LedgerEntry | undefined> {
    const pk = 'ref' in by ? pkOf(by.ref) : (yield* ledger.byProvider(providerKey(by)))?.pk;
    const row = pk === undefined ? undefined : yield* byPk.get(pk);
    return row && (yield* toEntry(row));
  }

  return {
    toEntry,
    ledgerEntry,

    *listLedger(id: string, { limit, before }: PageQuery): Op<readonly LedgerEntry[]> {
      const conversation = yield* conversations.rowOf(id);
      if (conversation === undefined) return [];
      const entries: LedgerEntry[] = [];
      for (const row of yield* page.all(conversation.pk, placeOf(before), limit))
        entries.push(yield* toEntry(row));
      return entries;
    },

    *listFailures({ limit, before }: PageQuery): Op<readonly FailureView[]> {
      const rows = yield* failures.all(placeOf(before), limit);
      return rows.map(({ pk, ledger: message, code, detail, at, conversation, channel }) => ({
        id: refOf('failure', pk),
        message: refOf('outbound', message),
        conversation,
        channel,
        code,
        at,
        ...(detail !== null && { detail }),
      }));
    },
  };
}
