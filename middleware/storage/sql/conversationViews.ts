import type { ConversationView, LatestMessage } from '../../ports.ts';
import { type ConversationQuery, type PlacedPage, unreadLimit } from '../../thread.ts';
import { type ConversationRow, toConversation } from './conversations.ts';
import type { Op, Sql } from './sql.ts';

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
export function conversationViews(sql: Sql) {
  const unread = `(SELECT count(*) FROM (SELECT 1 FROM inbound
    WHERE conversation = c.pk AND inbound.pk > c.seen_pk AND kind = 'message' LIMIT ${unreadLimit}) newer)`;
  // Back from the newest until what was there when ours was written, or what the business wrote by its own app. Rows come
  // in the inner order: to ask for it again would have SQLite read and sort all of them.
  const answered = `(SELECT recent.pk FROM
      (SELECT pk, kind, admitted_at FROM inbound WHERE conversation = c.pk ORDER BY pk DESC LIMIT ${waitLimit}) recent
    WHERE recent.kind = 'echo' OR recent.admitted_at <= (SELECT o.created_at FROM outbound o
      WHERE o.conversation = c.pk AND o.state <> 'failed' ORDER BY o.pk DESC LIMIT 1)
    LIMIT 1)`;
  const farBack = `(SELECT pk FROM inbound WHERE conversation = c.pk ORDER BY pk DESC LIMIT 1 OFFSET ${waitLimit})`;
  const waitingSince = `(SELECT w.sent_at FROM inbound w WHERE w.conversation = c.pk AND w.kind = 'message'
    AND w.pk > coalesce(${answered}, ${farBack}, 0) ORDER BY w.pk LIMIT 1)`;
  const shown = `c.*, ${unread} AS unread, ${waitingSince} AS waiting_since`;
  const byId = sql.prepare<ViewRow>(
    `SELECT ${shown} FROM conversation c WHERE c.id = ? AND c.erased IS NULL`,
  );

  /** The holder stands in the statement, so that those of people are found by their own index. */
  const pageOf = (isHeld: string) => {
    const looked = `FROM conversation
      WHERE ${isHeld} erased IS NULL AND (window_from, pk) < (:windowFrom, :pk) ORDER BY window_from DESC, pk DESC LIMIT`;
    return {
      rows: sql.prepare<ViewRow>(
        `SELECT ${shown} FROM (SELECT * ${looked} ${lookLimit}) c
         WHERE (CAST(:holder AS TEXT) IS NULL OR c.holder = :holder)
           AND (CAST(:channel AS TEXT) IS NULL OR c.channel = :channel)
           AND (:unread = 0 OR EXISTS (SELECT 1 FROM inbound u
             WHERE u.conversation = c.pk AND u.pk > c.seen_pk AND u.kind = 'message'))
         ORDER BY c.window_from DESC, c.pk DESC LIMIT :limit`,
      ),
      last: sql.prepare<Pick<ConversationRow, 'window_from' | 'pk'>>(
        `SELECT window_from, pk ${looked} 1 OFFSET ${lookLimit - 1}`,
      ),
    };
  };
  const pages = {
    any: pageOf(''),
    queue: pageOf(`holder = 'queue' AND`),
    agent: pageOf(`holder = 'agent' AND`),
  };
  const newestInbound = sql.prepare<NewestRow>(
    `SELECT admitted_at AS at, content FROM inbound WHERE conversation = ? AND kind <> 'handoff'
     ORDER BY pk DESC LIMIT 1`,
  );
  const newestOutbound = sql.prepare<NewestRow>(
    'SELECT created_at AS at, content FROM outbound WHERE conversation = ? ORDER BY pk DESC LIMIT 1',
  );

  function* latestOf(conversation: number): Op<LatestMessage | undefined> {
    const [theirs, ours] = [yield* newestInbound.get(conversation), yield* newestOutbound.get(conversation)];
    if (ours !== undefined && ours.at >= (theirs?.at ?? 0))
      return { side: 'business', at: ours.at, content: JSON.parse(ours.content) ?? undefined };
    return theirs && { side: 'customer', at: theirs.at, content: JSON.parse(theirs.content) ?? undefined };
  }

  function* toView(row: ViewRow): Op<ConversationView> {
    const latest = yield* latestOf(row.pk);
    return {
      ...toConversation(row),
      unread: row.unread,
      ...(latest !== undefined && { latest }),
      ...(row.waiting_since !== null && { waitingSince: row.waiting_since }),
    };
  }

  return {
    *conversationView(id: string): Op<ConversationView | undefined> {
      const row = yield* byId.get(id);
      return row && (yield* toView(row));
    },

    *listConversations(query: ConversationQuery): Op<PlacedPage<ConversationView>> {
      const { limit, before, holder = null, channel = null, unread = false } = query;
      const from = before === undefined ? latestOfAll : readPlace(before);
      if (from === undefined) return { items: [] };
      const { rows, last } = pages[holder === 'queue' || holder === 'agent' ? holder : 'any'];
      const asked = { ...from, holder, channel, unread: unread ? 1 : 0, limit: limit + 1 };
      const found = yield* rows.all(asked);
      const end = found.length > limit ? found[limit - 1] : yield* last.get({ ...from });
      const items: ConversationView[] = [];
      for (const row of found.slice(0, limit)) items.push(yield* toView(row));
      return {
        items,
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
