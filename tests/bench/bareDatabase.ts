import type pg from 'pg';
import { openPool } from '../../middleware/storage/postgres/openPool.ts';
import { providerKey } from '../../middleware/storage/sql/ledger.ts';
import { bareContent, receiptLifeMs } from './bareRows.ts';
import type { BareMessage, BareStore } from './bareStore.ts';
import { providerIdOf } from './ledgerFile.ts';
import { benchBusiness } from './samples.ts';
import { type BenchStatus, rankOfStatus } from './statusLoad.ts';

const addMessages = `
  WITH given AS MATERIALIZED (SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
    AS t (customer, provider_id, dedupe, id)),
  conversations AS (INSERT INTO conversation (id, channel, business, customer, holder, window_from)
    SELECT DISTINCT ON (customer) id, 'meta', $5, customer, 'bot', $6::bigint FROM given ORDER BY customer
    ON CONFLICT (customer, business, channel) DO UPDATE SET window_from = excluded.window_from RETURNING pk, customer),
  messages AS (INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, receipt,
      due_at, because, expires_at, solo)
    SELECT pk, dedupe, provider_id, 'message', $7, 72, $6, $6, 'scheduled', $8::bigint, 'bare', $9::bigint, 0
    FROM given JOIN conversations USING (customer) RETURNING pk, conversation),
  steps AS (INSERT INTO receipt_step (message, at, outcome, due_at, because, caused_by)
    SELECT pk, $6, 'scheduled', $8, 'bare', 'policy' FROM messages)
  INSERT INTO lane (kind, conversation, due_at, leased)
    SELECT DISTINCT 'receipt', conversation, $8, 0 FROM messages ORDER BY conversation
    ON CONFLICT (kind, conversation) DO UPDATE SET due_at = excluded.due_at`;

const addStatuses = `
  WITH given AS (SELECT provider, min(at) FILTER (WHERE level = 1) AS sent_at, min(at) FILTER (WHERE level = 2) AS delivered_at,
      min(at) FILTER (WHERE level = 3) AS read_at, max(level) AS level
    FROM unnest($1::bytea[], $2::int[], $3::bigint[]) AS t (provider, level, at) GROUP BY provider),
  locked AS (SELECT pk, given.* FROM ledger JOIN given USING (provider) ORDER BY pk FOR UPDATE OF ledger)
  UPDATE ledger l SET sent_at = least(l.sent_at, t.sent_at), delivered_at = least(l.delivered_at, t.delivered_at),
    read_at = least(l.read_at, t.read_at), level = greatest(l.level, t.level)
  FROM locked t WHERE l.pk = t.pk`;

const claim = `
  UPDATE lane SET leased = 1 WHERE (kind, conversation) IN
    (SELECT kind, conversation FROM lane WHERE kind = 'receipt' AND due_at <= $1 AND leased = 0
     ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING conversation`;

const finish = `
  WITH ended AS (UPDATE inbound SET receipt = 'sent', ended_at = $2::bigint, receipt_attempts = 1
      WHERE conversation = ANY ($1::bigint[]) AND receipt IN ('scheduled', 'held') RETURNING pk, conversation, sent_at),
  steps AS (INSERT INTO receipt_step (message, at, outcome, because, caused_by, answer)
    SELECT pk, $2, 'sent', 'bare', 'provider', 'taken' FROM ended),
  marks AS (UPDATE conversation c SET read_pk = e.pk, read_at = e.sent_at FROM ended e WHERE c.pk = e.conversation)
  DELETE FROM lane WHERE kind = 'receipt' AND conversation = ANY ($1)`;

/** PostgreSQL, bare: one statement for many rows, by `UNNEST`. */
export class BareDatabase implements BareStore {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = openPool({ url });
  }

  async addMessages(messages: readonly BareMessage[], dueAt: number): Promise<void> {
    const now = Date.now();
    await this.#query('messages', addMessages, [
      messages.map(({ customer }) => customer),
      messages.map(({ providerId }) => providerId),
      messages.map(({ dedupe }) => dedupe),
      messages.map(({ id }) => id),
      benchBusiness,
      now,
      bareContent,
      dueAt,
      now + receiptLifeMs,
    ]);
  }

  async addStatuses(statuses: readonly BenchStatus[]): Promise<void> {
    await this.#query('statuses', addStatuses, [
      statuses.map(({ message }) => providerKey({ channel: 'meta', providerId: providerIdOf(message) })),
      statuses.map(rankOfStatus),
      statuses.map(({ at }) => at),
    ]);
  }

  async claim(limit: number): Promise<readonly number[]> {
    const rows = await this.#query('claim', claim, [Date.now(), limit]);
    return rows.map(({ conversation }) => Number(conversation));
  }

  async finish(conversations: readonly number[]): Promise<void> {
    await this.#query('finish', finish, [conversations, Date.now()]);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** A statement that is prepared once for each connection, and commits by itself. */
  async #query(name: string, text: string, values: unknown[]): Promise<readonly Record<string, unknown>[]> {
    return (await this.#pool.query({ name, text, values })).rows;
  }
}
