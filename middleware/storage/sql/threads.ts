import type { InboundContent, InboundKind } from '../../domain.ts';
import type { LedgerEntry } from '../../ledger.ts';
import type {
  BusinessItem,
  CustomerItem,
  PlacedPage,
  Sender,
  ThreadChange,
  ThreadItem,
  ThreadQuery,
} from '../../thread.ts';
import { type ConversationRow, type ConversationTable, toConversation } from './conversations.ts';
import { dedupeKey } from './dedupeKey.ts';
import { type LedgerTable, providerKey } from './ledger.ts';
import type { OutboundRow } from './outbounds.ts';
import { type ReceiptRow, type ReceiptTable, receiptColumns } from './receipts.ts';
import { pkOf, refOf } from './refs.ts';
import type { Op, Sql } from './sql.ts';

interface InboundRow extends ReceiptRow {
  readonly conversation: number;
  readonly kind: InboundKind;
  readonly content: string;
}

/** What is asked of `outbound` for a thread: more than is needed to send. */
type SentRow = OutboundRow & { readonly sender: Sender | null; readonly agent: string | null };

interface ChangeRow {
  readonly pk: number;
  readonly kind: ThreadChange['kind'];
  readonly content: string;
  readonly sent_at: number;
}

/** So many of a message's changes are shown, the newest: a customer may react to one as often as they like. */
const changeLimit = 50;

/** The threads of conversations: both sides merged by the time at which we had each message. */
export function threadTable(
  sql: Sql,
  tables: {
    conversations: ConversationTable;
    receipts: Pick<ReceiptTable, 'toEnded'>;
    ledger: LedgerTable;
    toEntry: (row: OutboundRow) => Op<LedgerEntry>;
  },
) {
  const { conversations, receipts, ledger, toEntry } = tables;
  const inboundColumns = `${receiptColumns}, conversation, kind, content`;
  // What became of a hand-off is for the bot, and nobody's message.
  const inboundPage = sql.prepare<InboundRow>(
    `SELECT ${inboundColumns} FROM inbound WHERE conversation = ? AND pk < ? AND kind <> 'handoff'
     ORDER BY pk DESC LIMIT ?`,
  );
  const outboundPage = sql.prepare<SentRow>(
    'SELECT * FROM outbound WHERE conversation = ? AND pk < ? ORDER BY pk DESC LIMIT ?',
  );
  const inbound = sql.prepare<InboundRow>(
    `SELECT ${inboundColumns} FROM inbound WHERE pk = ? AND kind <> 'handoff'`,
  );
  const outbound = sql.prepare<SentRow>('SELECT * FROM outbound WHERE pk = ?');
  // The message that a reaction, an edit or a revoke is about; the index `inbound_about` is over this very expression.
  const about = `coalesce(${sql.dialect.textAt('content', 'reaction', 'to')}, ${sql.dialect.textAt('content', 'concerns')})`;
  const changes = sql.prepare<ChangeRow>(
    `SELECT pk, kind, content, sent_at FROM inbound ${sql.dialect.indexedBy('inbound_about')}
     WHERE conversation = ? AND ${about} = ? AND kind IN ('reaction', 'edit', 'revoke')
     ORDER BY pk DESC LIMIT ${changeLimit}`,
  );
  const byKey = sql.prepare<{ readonly pk: number; readonly conversation: number }>(
    'SELECT pk, conversation FROM inbound WHERE dedupe = ?',
  );

  /** Our id of a message of the conversation that the provider names. */
  function* refOfNamed(row: ConversationRow, providerId: string): Op<string | undefined> {
    const theirs = yield* byKey.get(dedupeKey({ ...row, key: providerId }));
    if (theirs?.conversation === row.pk) return refOf('message', theirs.pk);
    const ours = yield* ledger.byProvider(providerKey({ channel: row.channel, providerId }));
    return ours?.conversation === row.pk ? refOf('outbound', ours.pk) : undefined;
  }

  function* changesOf(conversation: number, providerId: string | null): Op<readonly ThreadChange[]> {
    if (providerId === null) return [];
    const latest = yield* changes.all(conversation, providerId);
    return latest.toReversed().map(({ pk, kind, content, sent_at }) => ({
      ref: refOf('message', pk),
      kind,
      sentAt: sent_at,
      content: JSON.parse(content),
    }));
  }

  function* toCustomerItem(row: InboundRow, conversation: ConversationRow): Op<CustomerItem> {
    const content: InboundContent | undefined = JSON.parse(row.content) ?? undefined;
    const named = content?.reaction?.to ?? content?.concerns ?? content?.replyTo;
    return {
      side: 'customer',
      ref: refOf('message', row.pk),
      conversation: toConversation(conversation),
      kind: row.kind,
      at: row.admitted_at,
      sentAt: row.sent_at,
      content,
      receipt: row.receipt === null ? undefined : yield* receipts.toEnded(row),
      concerns: named === undefined ? undefined : yield* refOfNamed(conversation, named),
      changes: row.kind === 'message' ? yield* changesOf(row.conversation, row.provider_id) : [],
    };
  }

  function* toBusinessItem(row: SentRow): Op<BusinessItem> {
    return {
      side: 'business',
      ref: refOf('outbound', row.pk),
      at: row.created_at,
      entry: yield* toEntry(row),
      sender: row.sender ?? (row.turn === null ? undefined : 'bot'),
      agent: row.agent ?? undefined,
      changes: yield* changesOf(row.conversation, row.provider_id),
    };
  }

  return {
    /**
     * Each side is read from the newest on, by the index over its conversation; a place is how far each has been read.
     * Rows are written in the order of their times, so the two need only be merged, and no clock that is set back can
     * make a message come twice or be left out.
     */
    *thread(id: string, { limit, before }: ThreadQuery): Op<PlacedPage<ThreadItem>> {
      const conversation = yield* conversations.rowOf(id);
      const place = before === undefined ? newest : readPlace(before);
      if (conversation === undefined || place === undefined) return { items: [] };
      const theirs = yield* inboundPage.all(conversation.pk, place.inbound, limit + 1);
      const ours = yield* outboundPage.all(conversation.pk, place.outbound, limit + 1);
      const items: ThreadItem[] = [];
      let [i, o] = [0, 0];
      while (items.length < limit) {
        const [their, our] = [theirs[i], ours[o]];
        // Of two at the same time the customer's came first: ours may be the answer to it.
        if (our !== undefined && (their === undefined || our.created_at >= their.admitted_at)) {
          items.push(yield* toBusinessItem(our));
          o += 1;
        } else if (their !== undefined) {
          items.push(yield* toCustomerItem(their, conversation));
          i += 1;
        } else break;
      }
      if (theirs[i] === undefined && ours[o] === undefined) return { items };
      return { items, next: `m${reached(theirs, i, place.inbound)}.o${reached(ours, o, place.outbound)}` };
    },

    *threadItem(ref: string): Op<ThreadItem | undefined> {
      if (ref.startsWith('o')) {
        const row = yield* outbound.get(pkOf(ref));
        return row && (yield* toBusinessItem(row));
      }
      const row = yield* inbound.get(pkOf(ref));
      return row && (yield* toCustomerItem(row, yield* conversations.byPk(row.conversation)));
    },
  };
}

/** How far a thread has been read: what comes next has a smaller key than these. */
interface Place {
  readonly inbound: number;
  readonly outbound: number;
}

const newest: Place = { inbound: Number.MAX_SAFE_INTEGER, outbound: Number.MAX_SAFE_INTEGER };

function readPlace(place: string): Place | undefined {
  const [, inbound, outbound] = /^m(\d{1,16})\.o(\d{1,16})$/.exec(place) ?? [];
  return inbound === undefined ? undefined : { inbound: Number(inbound), outbound: Number(outbound) };
}

/**
 * The bound of a side of which `count` rows have been shown. Where that is none, it is before the newest row that there is
 * now: one that is written later belongs to no page that follows.
 */
function reached(rows: readonly { readonly pk: number }[], count: number, bound: number): number {
  const last = rows[count - 1];
  if (last !== undefined) return last.pk;
  const [first] = rows;
  return first === undefined ? Math.min(bound, 0) : Math.min(bound, first.pk + 1);
}
