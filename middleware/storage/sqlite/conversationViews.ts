import type { DatabaseSync } from 'node:sqlite';
import type { ConversationView, LatestMessage } from '../../ports.ts';
import { type ConversationQuery, type PlacedPage, unreadLimit } from '../../thread.ts';
import { type ConversationRow, toConversation } from './conversations.ts';
import { prepareRows } from './rows.ts';

/**
 * So many conversations one page looks at: a filter that few of them pass must not keep the store's thread, and with it
 * the webhooks. The page ends there, and its `next` goes on.
 */
const lookLimit = 5000;

/** So far back we look for our last message: where the customer wrote more since, they wait at least since then. */
const waitLimit = 200;

interface ViewRow extends ConversationRow {
  readonly unread: number;
  readonly waiting_since: number | null;
}

interface NewestRow {
  readonly at: number;
  readonly content: string;
}

/** Conversations as they are listed. What a list adds to a row is found at the end of an index, however long its thread. */
export function conversationViews(db: DatabaseSync) {
  const unread = `(SELECT count(*) FROM (SELECT 1 FROM inbound
    WHERE conversation = c.pk AND inbound.pk > c.seen_pk AND kind = 'message' LIMIT ${unreadLimit}))`;
  // Back from the newest until what was there when ours was written, or what the business wrote by its own app.
  const answered = `(SELECT recent.pk FROM
      (SELECT pk, kind, admitted_at FROM inbound WHERE conversation = c.pk ORDER BY pk DESC LIMIT ${waitLimit}) recent
    WHERE recent.kind = 'echo' OR recent.admitted_at <= (SELECT o.created_at FROM outbound o
      WHERE o.conversation = c.pk AND o.state <> 'failed' ORDER BY o.pk DESC LIMIT 1)
    LIMIT 1)`;
  const farBack = `(SELECT pk FROM inbound WHERE conversation = c.pk ORDER BY pk DESC LIMIT 1 OFFSET ${waitLimit})`;
  const waitingSince = `(SELECT w.sent_at FROM inbound w WHERE w.conversation = c.pk AND w.kind = 'message'
    AND w.pk > coalesce(${answered}, ${farBack}, 0) ORDER BY w.pk LIMIT 1)`;
  const shown = `c.*, ${unread} AS unread, ${waitingSince} AS waiting_since`;
  const byId = prepareRows<ViewRow>(db, `SELECT ${shown} FROM conversation c WHERE c.id = ?`);

  /** The holder stands in the statement, so that those of people are found by their own index. */
  const pageOf = (isHeld: string) => {
    const looked = `SELECT * FROM conversation
      WHERE ${isHeld} (window_from, pk) < (:windowFrom, :pk) ORDER BY window_from DESC, pk DESC LIMIT ${lookLimit}`;
    return {
      rows: prepareRows<ViewRow>(
        db,
        `SELECT ${shown} FROM (${looked}) c
         WHERE (:holder IS NULL OR c.holder = :holder) AND (:channel IS NULL OR c.channel = :channel)
           AND (:unread = 0 OR EXISTS (SELECT 1 FROM inbound u
             WHERE u.conversation = c.pk AND u.pk > c.seen_pk AND u.kind = 'message'))
         ORDER BY c.window_from DESC, c.pk DESC LIMIT :limit`,
      ),
      last: prepareRows<Pick<ConversationRow, 'window_from' | 'pk'>>(
        db,
        `SELECT window_from, pk FROM (${looked}) LIMIT 1 OFFSET ${lookLimit - 1}`,
      ),
    };
  };
  const pages = {
    any: pageOf(''),
    queue: pageOf(`holder = 'queue' AND`),
    agent: pageOf(`holder = 'agent' AND`),
  };
  const newestInbound = prepareRows<NewestRow>(
    db,
    `SELECT admitted_at AS at, content FROM inbound WHERE conversation = ? AND kind <> 'handoff'
     ORDER BY pk DESC LIMIT 1`,
  );
  const newestOutbound = prepareRows<NewestRow>(
    db,
    'SELECT created_at AS at, content FROM outbound WHERE conversation = ? ORDER BY pk DESC LIMIT 1',
  );

  function latestOf(conversation: number): LatestMessage | undefined {
    const [theirs, ours] = [newestInbound.get(conversation), newestOutbound.get(conversation)];
    if (ours !== undefined && ours.at >= (theirs?.at ?? 0))
      return { side: 'business', at: ours.at, content: JSON.parse(ours.content) ?? undefined };
    return theirs && { side: 'customer', at: theirs.at, content: JSON.parse(theirs.content) ?? undefined };
  }

  function toView(row: ViewRow): ConversationView {
    const latest = latestOf(row.pk);
    return {
      ...toConversation(row),
      unread: row.unread,
      ...(latest !== undefined && { latest }),
      ...(row.waiting_since !== null && { waitingSince: row.waiting_since }),
    };
  }

  return {
    conversationView(id: string): ConversationView | undefined {
      const row = byId.get(id);
      return row && toView(row);
    },

    listConversations(query: ConversationQuery): PlacedPage<ConversationView> {
      const { limit, before, holder = null, channel = null, unread = false } = query;
      const from = before === undefined ? latestOfAll : readPlace(before);
      if (from === undefined) return { items: [] };
      const { rows, last } = pages[holder === 'queue' || holder === 'agent' ? holder : 'any'];
      const asked = { ...from, holder, channel, unread: unread ? 1 : 0, limit: limit + 1 };
      const found = rows.all(asked);
      const end = found.length > limit ? found[limit - 1] : last.get({ ...from });
      return {
        items: found.slice(0, limit).map(toView),
        ...(end && { next: `${end.window_from}.${end.pk}` }),
      };
    },
  };
}

/** Where a page of conversations begins: those with an earlier message follow, or of the same time a smaller key. */
interface ListPlace {
  readonly windowFrom: number;
  readonly pk: number;
}

const latestOfAll: ListPlace = { windowFrom: Number.MAX_SAFE_INTEGER, pk: 0 };

function readPlace(place: string): ListPlace | undefined {
  const [, windowFrom, pk] = /^(\d{1,15})\.(\d{1,15})$/.exec(place) ?? [];
  return windowFrom === undefined ? undefined : { windowFrom: Number(windowFrom), pk: Number(pk) };
}
