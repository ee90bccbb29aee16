import type { DataSubject, ErasedPart, PersonalDataStore, PersonalItem, PrivacyAct } from '../../../ports.ts';
import { pkOf as keyOf } from '../refs.ts';
import type { Op, Sql, Value } from '../sql.ts';
import { mentionOf } from './mentions.ts';
import { hiddenColumns, jsonColumns, type OwnedRows, ownedRows, searchedTables } from './personalTables.ts';
import { type Place, placeText, readPlace } from './place.ts';

type Row = Readonly<Record<string, Value>>;

/** Rows of a conversation that one step works on. */
const ownedAtOnce = 200;

/** The ids of our own files in a text: `…/files/<64 hexadecimal digits>`. */
const fileAddress = /\/files\/([0-9a-f]{64})\b/g;
const noHash = Buffer.alloc(0);

/** What was found at a place: rows of one table. */
interface Found {
  readonly table: string;
  readonly told: boolean;
  readonly rows: readonly Row[];
  /** Erases them. */
  erase(now: number): Op<void>;
  readonly next: Place | undefined;
}

/** What the store holds of customers. See {@link PersonalDataStore}. */
export function personalTable(sql: Sql) {
  const idsOf = sql.prepare<{ readonly id: string }>(
    `SELECT id FROM (SELECT pk, id FROM conversation WHERE customer = :customer
       UNION SELECT pk, id FROM conversation WHERE erased = :customer AND erased <> '') AS theirs ORDER BY pk`,
  );
  const pkOf = sql.prepare<{ readonly pk: number }>('SELECT pk FROM conversation WHERE id = ?');
  const unfinished = sql.prepare<{ readonly id: string; readonly erased: string; readonly others: number }>(
    `SELECT id, erased, (SELECT count(*) FROM conversation o WHERE o.customer = c.erased) AS others
     FROM conversation c ${sql.dialect.indexedBy('conversation_erasing')} WHERE erased <> '' ORDER BY erased, pk`,
  );
  const finish = sql.prepare(`UPDATE conversation SET erased = '' WHERE id = ? AND erased <> ''`);
  const owned = ownedRows.map(each => ownedStatements(sql, each));
  const searched = Object.entries(searchedTables).map(([table, { key, columns, text, atOnce }]) => ({
    table,
    key,
    text,
    atOnce,
    page: sql.prepare<Row>(
      `SELECT ${columns} FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ${atOnce}`,
    ),
    whole: sql.prepare<Row>(`SELECT * FROM ${table} WHERE ${key} = ?`),
    remove: sql.prepare(`DELETE FROM ${table} WHERE ${key} = ?`),
  }));
  const inboundOwner = sql.prepare<{ readonly id: string }>(
    'SELECT c.id FROM inbound m JOIN conversation c ON c.pk = m.conversation WHERE m.pk = ?',
  );
  const outboundOwner = sql.prepare<{ readonly id: string }>(
    'SELECT c.id FROM outbound m JOIN conversation c ON c.pk = m.conversation WHERE m.pk = ?',
  );
  const addAct = sql.prepare('INSERT INTO privacy_act (id, item) VALUES (?, ?) ON CONFLICT (id) DO NOTHING');
  const placeOfAct = sql.prepare<{ readonly pk: number }>('SELECT pk FROM privacy_act WHERE id = ?');
  const acts = sql.prepare<{ readonly item: string }>(
    'SELECT item FROM privacy_act WHERE pk < ? ORDER BY pk DESC LIMIT ?',
  );

  /** What is at a place; `undefined`: the walk is over. */
  function* look(of: DataSubject, { part, conversation, after }: Place): Op<Found | undefined> {
    const rows = owned[part];
    if (rows === undefined)
      return yield* search(of, { part, conversation, ...(after !== undefined && { after }) });
    const id = of.conversations[conversation];
    const pk = id === undefined ? undefined : (yield* pkOf.get(id))?.pk;
    const isLast = conversation + 1 >= of.conversations.length;
    const onward: Place = isLast
      ? { part: part + 1, conversation: 0 }
      : { part, conversation: conversation + 1 };
    const { table, key, told = true } = rows;
    if (pk === undefined) return { table, told, rows: [], *erase() {}, next: onward };
    const from = Number(after ?? -1);
    const page = yield* rows.page.all({ conversation: pk, after: from });
    const to = Number(page.at(-1)?.[key] ?? from);
    return {
      table,
      told,
      rows: page,
      erase: now => rows.erase(pk, from, to, now),
      next: page.length === ownedAtOnce ? { part, conversation, after: to } : onward,
    };
  }

  /** The same where rows may be anybody's. */
  function* search(of: DataSubject, { part, after }: Place): Op<Found | undefined> {
    const at = searched[part - owned.length];
    if (at === undefined) return undefined;
    const { table, key, text, atOnce, page, whole, remove } = at;
    const looked = yield* page.all(after ?? (key === 'key' ? '' : -1));
    const isTheirs = searcher(of);
    const rows: Row[] = [];
    for (const row of looked) {
      if (!(yield* isTheirs(table, row, String(row[text])))) continue;
      rows.push((yield* whole.get(row[key] as Value)) ?? row);
    }
    const last = looked.at(-1)?.[key] as number | string | undefined;
    return {
      table,
      told: true,
      rows,
      *erase() {
        for (const row of rows) yield* remove.write(row[key] as Value);
      },
      next:
        looked.length === atOnce && last !== undefined
          ? { part, conversation: 0, after: last }
          : { part: part + 1, conversation: 0 },
    };
  }

  function searcher({ customers, conversations }: DataSubject) {
    const names = mentionOf(customers);
    const ids = new Set(conversations);
    const users = new Set(customers);
    const isOf = (row: { readonly id: string } | undefined) => row !== undefined && ids.has(row.id);
    return function* (table: string, row: Row, text: string): Op<boolean> {
      switch (table) {
        case 'bot_state': {
          const parts = String(row.key).split('/');
          // What Dynamics told of whose a work item is.
          if (parts[0] === 'bluetick' && parts[1] === 'dynamics' && names(text)) return true;
          return parts.some(
            (part, index) => ids.has(part) || (parts[index - 1] === 'users' && users.has(part)),
          );
        }
        case 'hook':
          return ids.has((JSON.parse(text) as { conversation?: string }).conversation ?? '');
        case 'dead_letter': {
          const { message, outbound } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
          if (row.what === 'turn') return isOf(yield* inboundOwner.get(keyOf(String(message))));
          if (row.what === 'outbound') return isOf(yield* outboundOwner.get(keyOf(String(outbound))));
          return names(text);
        }
        default:
          return names(text);
      }
    };
  }

  return {
    *customerConversations(customer: string): Op<readonly string[]> {
      return (yield* idsOf.all({ customer })).map(({ id }) => id);
    },

    *unfinishedErasures(): Op<readonly DataSubject[]> {
      const rows = Map.groupBy(yield* unfinished.all(), ({ erased }) => erased);
      return [...rows].map(([customer, each]) => ({
        customers: each.some(({ others }) => others > 0) ? [] : [customer],
        conversations: each.map(({ id }) => id),
      }));
    },

    *personalData(
      of: DataSubject,
      place: string,
    ): Op<Awaited<ReturnType<PersonalDataStore['personalData']>>> {
      const found = yield* look(of, readPlace(place));
      if (found === undefined) return { items: [] };
      const items = found.told ? found.rows.map(row => toItem(found.table, row)) : [];
      return { items, ...(found.next && { next: placeText(found.next) }) };
    },

    *erasePersonalData(of: DataSubject, place: string, now: number): Op<ErasedPart> {
      const found = yield* look(of, readPlace(place));
      if (found === undefined) {
        for (const id of of.conversations) yield* finish.write(id);
        return { erased: {}, files: [] };
      }
      const { table, rows, next } = found;
      if (rows.length > 0) yield* found.erase(now);
      return {
        erased: rows.length === 0 ? {} : { [table]: rows.length },
        files: rows.flatMap(({ content, instead_of }) => filesIn(content, instead_of)),
        ...(next && { next: placeText(next) }),
      };
    },

    *addPrivacyAct(act: PrivacyAct): Op<void> {
      yield* addAct.write(act.id, JSON.stringify(act));
    },

    *privacyActs({
      limit,
      before = '',
    }: Parameters<PersonalDataStore['privacyActs']>[0]): Op<readonly PrivacyAct[]> {
      const place = (yield* placeOfAct.get(before))?.pk ?? Number.MAX_SAFE_INTEGER;
      return (yield* acts.all(place, limit)).map(({ item }) => JSON.parse(item));
    },

    /** Nothing here: what a database has to do for it is no statement among others. */
    *scrub(): Op<void> {},
  };
}

/** The ids of our own files in what a message held. */
export function filesIn(...contents: readonly (Value | undefined)[]): readonly string[] {
  return contents.flatMap(content =>
    typeof content === 'string' ? [...content.matchAll(fileAddress)].map(([, id]) => String(id)) : [],
  );
}

function ownedStatements(sql: Sql, rows: OwnedRows) {
  const { table, key, where, of, erase } = rows;
  const isOf =
    of &&
    `${of.column} ${sql.dialect.isAny(`SELECT pk FROM ${of.messages} WHERE conversation = :conversation`)}`;
  const isOwned = [where, isOf].filter(each => each !== undefined).join(' AND ');
  // What is found by messages is sorted: by its own keys everybody's would be gone through until enough is found.
  const place = of === undefined ? key : `${key} + 0`;
  const range = `${isOwned} AND ${place} > :after`;
  const page = sql.prepare<Row>(
    `SELECT * FROM ${table} WHERE ${range} ORDER BY ${place} LIMIT ${ownedAtOnce}`,
  );
  const erasing = erase && sql.prepare(`${erase} WHERE ${range} AND ${place} <= :to`);
  return {
    ...rows,
    page,
    *erase(conversation: number, after: number, to: number, now: number): Op<void> {
      if (!erasing) return;
      yield* erasing.write({
        conversation,
        after,
        to,
        ...(erase.includes(':now') && { now }),
        ...(erase.includes(':noHash') && { noHash }),
      });
    },
  };
}

function toItem(table: string, row: Row): PersonalItem {
  const shown = Object.entries(row).filter(([name]) => !hiddenColumns.has(name));
  return { table, row: Object.fromEntries(shown.map(([name, value]) => [name, toJson(name, value)])) };
}

function toJson(name: string, value: Value): unknown {
  if (!jsonColumns.has(name) || typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
