import type { OldErased, RetentionLimits } from '../../../ports.ts';
import { isNotOver } from '../escalations.ts';
import { isNone, isSome } from '../lookups.ts';
import type { Op, Sql, Statement, Value } from '../sql.ts';
import { filesIn } from './personalData.ts';
import { emptyInbound, emptyNotes, emptyOutbound, emptySteps, lanesOf } from './personalTables.ts';
import { type Place, placeText, readPlace } from './place.ts';

/** Keys that one step goes through, whatever of them is old: so it takes as long where little is left to do. */
const range = 500;
const noHash = Buffer.alloc(0);
const nobody = { customers: [], conversations: [] } as const;

interface OldRow {
  readonly pk: number;
  readonly content: Value;
  readonly instead_of?: Value;
}

interface KeyRow {
  readonly pk: number;
}

interface IdleRow {
  readonly id: string;
  readonly customer: string;
  readonly others: number;
}

type Done = Omit<OldErased, 'next'>;

/** Lets go of what is old, range by range of each table's keys. What is not over, a receipt, a turn or a message that waits, stays. */
export function retention(sql: Sql) {
  const inRange = 'pk > :after AND pk <= :to';
  const old = {
    inbound: `${inRange} AND admitted_at < :before AND (content <> 'null' OR provider_id IS NOT NULL)
      AND coalesce(receipt, '') NOT IN ('scheduled', 'held') AND coalesce(turn, '') <> 'pending'`,
    outbound: `${inRange} AND created_at < :before AND (content <> 'null' OR provider_id IS NOT NULL)
      AND state IN ('sent', 'failed')
      AND ${isNone(`escalation WHERE escalation.pk = outbound.pk AND ${isNotOver}`)}`,
  };
  const newest = {
    inbound: sql.prepare<KeyRow>('SELECT max(pk) AS pk FROM inbound'),
    outbound: sql.prepare<KeyRow>('SELECT max(pk) AS pk FROM outbound'),
    conversation: sql.prepare<KeyRow>('SELECT max(pk) AS pk FROM conversation'),
  };
  const oldInbound = sql.prepare<OldRow>(`SELECT pk, content FROM inbound WHERE ${old.inbound} ORDER BY pk`);
  const oldOutbound = sql.prepare<OldRow>(
    `SELECT pk, content, instead_of FROM outbound WHERE ${old.outbound} ORDER BY pk`,
  );
  const clearInbound =
    sql.prepare(`${emptyInbound} WHERE pk = :pk AND coalesce(receipt, '') NOT IN ('scheduled', 'held')
    AND coalesce(turn, '') <> 'pending'`);
  const clearOutbound = sql.prepare(`${emptyOutbound} WHERE pk = :pk AND state IN ('sent', 'failed')`);
  const withInbound = [
    sql.prepare(`${emptySteps} WHERE message = ?`),
    sql.prepare(`DELETE FROM refusal WHERE what = 'receipt' AND pk = ?`),
  ];
  const withOutbound = [
    sql.prepare(`${emptyNotes} WHERE ledger = ?`),
    sql.prepare(`DELETE FROM refusal WHERE what = 'outbound' AND pk = ?`),
    sql.prepare('DELETE FROM send_key WHERE outbound = ?'),
    sql.prepare('DELETE FROM escalation WHERE pk = ?'),
  ];
  // A key of ours that can be told from a hash by its length.
  const spentInbound = sql.prepare<KeyRow>(
    `SELECT pk FROM inbound WHERE ${inRange} AND admitted_at < :keysBefore AND content = 'null' AND provider_id IS NULL
       AND length(dedupe) = 16`,
  );
  const spentOutbound = sql.prepare<KeyRow>(
    `SELECT l.pk FROM ledger l JOIN outbound o ON o.pk = l.pk
     WHERE l.pk > :after AND l.pk <= :to AND l.accepted_at < :keysBefore AND o.content = 'null' AND o.provider_id IS NULL
       AND length(l.provider) = 16`,
  );
  const spendInbound = sql.prepare('UPDATE inbound SET dedupe = ? WHERE pk = ?');
  const spendOutbound = sql.prepare('UPDATE ledger SET provider = ? WHERE pk = ?');
  const setAside = Object.entries({
    dead_letter: 'at',
    quarantine: 'received_at',
    orphan: 'received_at',
  }).map(([table, time]) => ({
    table,
    // Of the first ones: where none of them is old, none of those that came after them is.
    drop: sql.prepare(
      `DELETE FROM ${table} WHERE pk IN (SELECT pk FROM
         (SELECT pk, ${time} FROM ${table} ORDER BY pk LIMIT ${range}) AS first WHERE ${time} < ?)`,
    ),
  }));
  // Of both sides nothing is left, nothing is due, and the newest message of either side is old.
  const idle = sql.prepare<IdleRow>(
    `SELECT c.id, c.customer,
       (SELECT count(*) FROM conversation o WHERE o.customer = c.customer AND o.pk <> c.pk) AS others
     FROM conversation c
     WHERE c.pk > :after AND c.pk <= :to AND c.erased IS NULL AND c.window_from < :before
       AND ${isNone(`lane WHERE ${lanesOf('c.pk')}`)}
       AND coalesce((SELECT admitted_at FROM inbound WHERE conversation = c.pk ORDER BY pk DESC LIMIT 1), 0) < :before
       AND coalesce((SELECT created_at FROM outbound WHERE conversation = c.pk ORDER BY pk DESC LIMIT 1), 0) < :before
       AND (${isSome('inbound WHERE conversation = c.pk')} OR ${isSome('outbound WHERE conversation = c.pk')})
       AND ${isNone(`inbound WHERE conversation = c.pk AND content <> 'null'`)}
       AND ${isNone(`outbound WHERE conversation = c.pk AND content <> 'null'`)}
     ORDER BY c.pk`,
  );

  interface Side {
    readonly table: 'inbound' | 'outbound';
    readonly old: Statement<OldRow>;
    readonly clear: (pk: number) => Op<void>;
    readonly beside: readonly Statement<never>[];
    readonly spent: Statement<KeyRow>;
    readonly spend: Statement<never>;
  }
  const sides: readonly Side[] = [
    {
      table: 'inbound',
      old: oldInbound,
      clear: pk => clearInbound.write({ pk }),
      beside: withInbound,
      spent: spentInbound,
      spend: spendInbound,
    },
    {
      table: 'outbound',
      old: oldOutbound,
      clear: pk => clearOutbound.write({ pk, noHash }),
      beside: withOutbound,
      spent: spentOutbound,
      spend: spendOutbound,
    },
  ];

  function* messages(side: Side, limits: RetentionLimits, after: number): Op<Done> {
    const to = after + range;
    const rows = yield* side.old.all({ after, to, before: limits.before });
    for (const { pk } of rows) {
      yield* side.clear(pk);
      for (const each of side.beside) yield* each.write(pk);
    }
    for (const { pk } of yield* side.spent.all({ after, to, keysBefore: limits.keysBefore }))
      yield* side.spend.write(spentKey(pk), pk);
    return {
      erased: rows.length === 0 ? {} : { [side.table]: rows.length },
      files: rows.flatMap(({ content, instead_of }) => filesIn(content, instead_of)),
      idle: nobody,
    };
  }

  function* conversations({ before }: RetentionLimits, after: number): Op<Done> {
    const rows = yield* idle.all({ after, to: after + range, before });
    return {
      erased: {},
      files: [],
      idle: {
        conversations: rows.map(({ id }) => id),
        // Who has another conversation is known by that.
        customers: rows.flatMap(({ customer, others }) => (others === 0 ? [customer] : [])),
      },
    };
  }

  return {
    *eraseOld(limits: RetentionLimits, place: string): Op<OldErased> {
      const { part, after } = readPlace(place);
      const from = Number(after ?? 0);
      const onward: Place = { part: part + 1, conversation: 0 };
      const side = sides[part];
      const aside = setAside[part - sides.length];
      if (side === undefined && aside !== undefined) {
        const dropped = yield* aside.drop.run(limits.before);
        const next = dropped === range ? { part, conversation: 0 } : onward;
        const erased = dropped === 0 ? {} : { [aside.table]: dropped };
        return { erased, files: [], idle: nobody, next: placeText(next) };
      }
      const table = side?.table ?? 'conversation';
      const last = (yield* newest[table].get())?.pk ?? 0;
      const done = yield* side === undefined ? conversations(limits, from) : messages(side, limits, from);
      if (from + range < last)
        return { ...done, next: placeText({ part, conversation: 0, after: from + range }) };
      return side === undefined ? done : { ...done, next: placeText(onward) };
    },
  };
}

/** In the place of a key that is no longer needed: it is nobody's. */
function spentKey(pk: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(BigInt(pk));
  return key;
}
