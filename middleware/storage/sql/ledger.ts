import { hash } from 'node:crypto';
import { failuresOf, type LedgerFact, rankOf, reportedLevels } from '../../acknowledgements/fold.ts';
import type { ReportedLevel } from '../../domain.ts';
import type { Failure, LedgerMove, LedgerState, Origin } from '../../ports.ts';
import { type ConversationRow, toConversation } from './conversations.ts';
import { refOf } from './refs.ts';
import type { Op, Sql, Value } from './sql.ts';

/** A row of the table `ledger`. */
export interface LedgerRow {
  readonly pk: number;
  readonly conversation: number;
  readonly origin: Origin;
  readonly accepted_at: number;
  readonly sent_at: number | null;
  readonly delivered_at: number | null;
  readonly read_at: number | null;
  readonly played_at: number | null;
  readonly revoked_at: number | null;
  readonly noted: 0 | 1;
}

/** The columns of a {@link LedgerRow}. Not the key: nobody reads it, and to hand over bytes costs most of a look. */
const columns =
  'pk, conversation, origin, accepted_at, sent_at, delivered_at, read_at, played_at, revoked_at, noted';

interface NoteRow {
  readonly kind: 'failure' | 'unknown';
  readonly code: string;
  readonly detail: string | null;
  readonly at: number;
}

/** The key under which the ledger knows a provider's message: a hash, as the id itself may hold a number. */
export function providerKey({ channel, providerId }: { channel: string; providerId: string }): Buffer {
  return hash('sha256', `${channel}\0${providerId}`, 'buffer').subarray(0, 16);
}

/** The rows of the ledger, and the conditional writes that fold a fact into one: they agree with `foldStatus`. */
export function ledgerTable(sql: Sql) {
  const { greatest } = sql.dialect;
  const byProvider = sql.prepare<LedgerRow>(`SELECT ${columns} FROM ledger WHERE provider = ?`, {
    types: ['bytea'],
  });
  const byPk = sql.prepare<LedgerRow>(`SELECT ${columns} FROM ledger WHERE pk = ?`, { types: ['bigint'] });
  const insert = sql.prepare<LedgerRow>(
    `INSERT INTO ledger (pk, conversation, provider, accepted_at, origin) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING RETURNING ${columns}`,
    {
      types: ['bigint', 'bigint', 'bytea', 'bigint', 'text'],
      text: given => `WITH t AS MATERIALIZED (SELECT t.* FROM ${given}),
        written AS (INSERT INTO ledger (pk, conversation, provider, accepted_at, origin)
          SELECT p1, p2, p3, p4, p5 FROM t ON CONFLICT DO NOTHING RETURNING ${columns})
        SELECT t.call, written.* FROM t JOIN written ON written.pk = t.p1`,
    },
  );
  const notes = sql.prepare<NoteRow>(
    'SELECT kind, code, detail, at FROM ledger_note WHERE ledger = ? ORDER BY at, code',
  );
  const note = sql.prepare(
    `INSERT INTO ledger_note (ledger, kind, code, detail, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (ledger, kind, code) DO UPDATE SET at = excluded.at, detail = excluded.detail
     WHERE excluded.at < ledger_note.at
       OR (excluded.at = ledger_note.at AND coalesce(excluded.detail, '') < coalesce(ledger_note.detail, ''))`,
  );
  const keepUnknown = sql.prepare(
    `INSERT INTO ledger_note (ledger, kind, code, at) VALUES (?, 'unknown', ?, ?) ON CONFLICT DO NOTHING`,
  );
  const markNoted = sql.prepare('UPDATE ledger SET noted = 1 WHERE pk = ?');
  const revoke = sql.prepare(
    'UPDATE ledger SET revoked_at = :at WHERE pk = :pk AND (revoked_at IS NULL OR revoked_at > :at)',
  );
  /** A level rises to what is reported; what was delivered before the customer wrote was read. */
  const reach = (
    level: ReportedLevel,
    to: (at: string, repliedAt: string) => string = () => String(rankOf(level)),
  ) =>
    sql.prepare(
      `UPDATE ledger SET ${level}_at = :at, level = ${greatest('level', to(':at', 'CAST(:replied_at AS BIGINT)'))}
       WHERE pk = :pk AND (${level}_at IS NULL OR ${level}_at > :at)`,
      {
        types: { pk: 'bigint', at: 'bigint', ...(level === 'delivered' && { replied_at: 'bigint' }) },
        text: given => `UPDATE ledger l SET ${level}_at = t.at, level = ${greatest('l.level', to('t.at', 't.replied_at'))}
          FROM ${given} WHERE l.pk = t.pk AND (l.${level}_at IS NULL OR l.${level}_at > t.at) RETURNING t.call`,
      },
    );
  const reached = {
    sent: reach('sent'),
    delivered: reach(
      'delivered',
      (at, repliedAt) =>
        `CASE WHEN ${at} < ${repliedAt} THEN ${rankOf('read')} ELSE ${rankOf('delivered')} END`,
    ),
    read: reach('read'),
    played: reach('played'),
  };
  const answered = sql.prepare<LedgerRow>(
    `UPDATE ledger SET level = ${rankOf('read')}
     WHERE conversation = ? AND level = ${rankOf('delivered')} AND delivered_at < ? RETURNING ${columns}`,
    {
      types: ['bigint', 'bigint'],
      // Looked up for each conversation (OFFSET keeps it so): else all that was not read is gone through for all of them together.
      text: given => `UPDATE ledger SET level = ${rankOf('read')} FROM ${given} CROSS JOIN LATERAL
          (SELECT pk AS found FROM ledger WHERE conversation = t.p1 AND level = ${rankOf('delivered')} AND delivered_at < t.p2
           OFFSET 0) AS unread
        WHERE pk = found RETURNING t.call, ${columns}`,
    },
  );
  const moveRow = sql.prepare(`UPDATE ledger SET pk = ?, conversation = ?, origin = 'own' WHERE pk = ?`);
  const moveNotes = sql.prepare('UPDATE ledger_note SET ledger = ? WHERE ledger = ?');

  /** Everything that is known of a message; `repliedAt` is the conversation's `window_from`. */
  function* stateOf(row: LedgerRow, repliedAt: number): Op<LedgerState> {
    const at: Partial<Record<ReportedLevel, number>> = {};
    for (const level of reportedLevels) {
      const time = row[`${level}_at`];
      if (time !== null) at[level] = time;
    }
    const noted = row.noted === 1 ? yield* notes.all(row.pk) : [];
    return {
      at,
      failures: noted.filter(({ kind }) => kind === 'failure').map(toFailure),
      unknown: noted
        .filter(({ kind }) => kind === 'unknown')
        .map(({ code }) => code)
        .sort(),
      ...(row.revoked_at !== null && { revokedAt: row.revoked_at }),
      ...(repliedAt > 0 && { repliedAt }),
    };
  }

  /** Writes what a fact adds to a row; answers the row as it is then, or `undefined` where it held it already. */
  function* write(row: LedgerRow, fact: LedgerFact, repliedAt: number): Op<LedgerRow | undefined> {
    const { pk } = row;
    switch (fact.means) {
      case 'accepted':
      case 'replied':
        return undefined;
      case 'revoked':
        return (yield* revoke.run({ pk, at: fact.at })) === 0 ? undefined : { ...row, revoked_at: fact.at };
      case 'unknown':
        return yield* noted(pk, yield* keepUnknown.run(pk, fact.status, fact.at));
      case 'failed': {
        let written = 0;
        for (const { code, detail, at } of failuresOf(fact))
          written += yield* note.run(pk, 'failure', code, detail ?? null, at);
        return yield* noted(pk, written);
      }
      default: {
        const values: Record<string, Value> = { pk, at: fact.at };
        if (fact.means === 'delivered') values.replied_at = repliedAt;
        if ((yield* reached[fact.means].run(values)) === 0) return undefined;
        return { ...row, [`${fact.means}_at`]: fact.at };
      }
    }
  }

  /** The row once so many notes of it were written. */
  function* noted(pk: number, written: number): Op<LedgerRow | undefined> {
    if (written === 0) return undefined;
    yield* markNoted.write(pk);
    return yield* byPk.get(pk);
  }

  return {
    byPk: (pk: number) => byPk.get(pk),
    byProvider: (key: Buffer) => byProvider.get(key),
    stateOf,

    /** Begins the row of a message that the provider has; `undefined` if another message has its id. */
    begin: (pk: number, conversation: number, key: Buffer, acceptedAt: number, origin: Origin = 'own') =>
      insert.get(pk, conversation, key, acceptedAt, origin),

    /** Gives the row of a message to another one, which it turned out to be. */
    *move(
      from: number,
      to: { readonly pk: number; readonly conversation: number },
    ): Op<LedgerRow | undefined> {
      yield* moveRow.write(to.pk, to.conversation, from);
      yield* moveNotes.write(to.pk, from);
      return yield* byPk.get(to.pk);
    },

    /** Folds facts into a row; the states before and after are the same object where nothing changed. */
    *fold(row: LedgerRow, facts: readonly LedgerFact[], conversation: ConversationRow): Op<LedgerMove> {
      const before = yield* stateOf(row, conversation.window_from);
      let last = row;
      for (const fact of facts) last = (yield* write(last, fact, conversation.window_from)) ?? last;
      return {
        ref: refOf('outbound', row.pk),
        conversation: toConversation(conversation),
        origin: row.origin,
        acceptedAt: row.accepted_at,
        before,
        after: last === row ? before : yield* stateOf(last, conversation.window_from),
      };
    },

    /** The customer wrote at `at`: what was delivered before was read, whether or not the customer lets us know. */
    *answer(conversation: ConversationRow, at: number): Op<LedgerMove[]> {
      const moves: LedgerMove[] = [];
      for (const row of yield* answered.all(conversation.pk, at))
        moves.push({
          ref: refOf('outbound', row.pk),
          conversation: toConversation({ ...conversation, window_from: at }),
          origin: row.origin,
          acceptedAt: row.accepted_at,
          before: yield* stateOf(row, conversation.window_from),
          after: yield* stateOf(row, at),
        });
      return moves;
    },
  };
}

/** See {@link ledgerTable}. */
export type LedgerTable = ReturnType<typeof ledgerTable>;

function toFailure({ code, detail, at }: NoteRow): Failure {
  return { code, at, ...(detail !== null && { detail }) };
}
