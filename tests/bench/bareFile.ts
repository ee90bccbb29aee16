import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { providerKey } from '../../middleware/storage/sql/ledger.ts';
import { openDatabase } from '../../middleware/storage/sqlite/openDatabase.ts';
import { bareContent, receiptLifeMs } from './bareRows.ts';
import type { BareMessage, BareStore } from './bareStore.ts';
import { providerIdOf } from './ledgerFile.ts';
import { benchBusiness } from './samples.ts';
import { type BenchStatus, rankOfStatus } from './statusLoad.ts';

/** SQLite, bare: a prepared statement for each row, in this thread. */
export class BareFile implements BareStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#db = openDatabase(path);
  }

  async addMessages(messages: readonly BareMessage[], dueAt: number): Promise<void> {
    const now = Date.now();
    const conversation = this.#prepare(
      `INSERT INTO conversation (id, channel, business, customer, holder, window_from) VALUES (?, 'meta', ?, ?, 'bot', ?)
       ON CONFLICT (customer, business, channel) DO UPDATE SET window_from = excluded.window_from RETURNING pk`,
    );
    const inbound = this.#prepare(
      `INSERT INTO inbound (conversation, dedupe, provider_id, kind, content, characters, sent_at, admitted_at, receipt, due_at,
         because, expires_at, solo) VALUES (?, ?, ?, 'message', ?, 72, ?, ?, 'scheduled', ?, 'bare', ?, 0)`,
    );
    const step = this.#prepare(
      `INSERT INTO receipt_step (message, at, outcome, due_at, because, caused_by) VALUES (?, ?, 'scheduled', ?, 'bare', 'policy')`,
    );
    const lane = this.#prepare(
      `INSERT INTO lane (kind, conversation, due_at, leased) VALUES ('receipt', ?, ?, 0)
       ON CONFLICT (kind, conversation) DO UPDATE SET due_at = excluded.due_at`,
    );
    this.#commit(() => {
      for (const { customer, providerId, dedupe, id } of messages) {
        const { pk } = conversation.get(id, benchBusiness, customer, now) as { pk: number };
        const expiresAt = now + receiptLifeMs;
        const added = inbound.run(pk, dedupe, providerId, bareContent, now, now, dueAt, expiresAt);
        step.run(added.lastInsertRowid, now, dueAt);
        lane.run(pk, dueAt);
      }
    });
  }

  async addStatuses(statuses: readonly BenchStatus[]): Promise<void> {
    this.#commit(() => {
      for (const status of statuses) {
        const column = `${status.word}_at`;
        this.#prepare(
          `UPDATE ledger SET ${column} = min(coalesce(${column}, :at), :at), level = max(level, :level) WHERE provider = :key`,
        ).run({
          at: status.at,
          level: rankOfStatus(status),
          key: providerKey({ channel: 'meta', providerId: providerIdOf(status.message) }),
        });
      }
    });
  }

  async claim(limit: number): Promise<readonly number[]> {
    const due = this.#prepare(
      `SELECT conversation FROM lane WHERE kind = 'receipt' AND due_at <= ? AND leased = 0 ORDER BY due_at LIMIT ?`,
    );
    const lease = this.#prepare(
      `UPDATE lane SET leased = 1, due_at = ? WHERE kind = 'receipt' AND conversation = ?`,
    );
    return this.#commit(() => {
      const now = Date.now();
      const found = due.all(now, limit).map(({ conversation }) => Number(conversation));
      for (const conversation of found) lease.run(now + 10_000, conversation);
      return found;
    });
  }

  async finish(conversations: readonly number[]): Promise<void> {
    const now = Date.now();
    const end = this.#prepare(
      `UPDATE inbound SET receipt = 'sent', ended_at = ?, receipt_attempts = 1
       WHERE conversation = ? AND receipt IN ('scheduled', 'held') RETURNING pk, sent_at`,
    );
    const step = this.#prepare(
      `INSERT INTO receipt_step (message, at, outcome, because, caused_by, answer) VALUES (?, ?, 'sent', 'bare', 'provider', 'taken')`,
    );
    const mark = this.#prepare('UPDATE conversation SET read_pk = ?, read_at = ? WHERE pk = ?');
    const remove = this.#prepare(`DELETE FROM lane WHERE kind = 'receipt' AND conversation = ?`);
    this.#commit(() => {
      for (const conversation of conversations) {
        for (const { pk, sent_at } of end.all(now, conversation)) {
          step.run(Number(pk), now);
          mark.run(Number(pk), Number(sent_at), conversation);
        }
        remove.run(conversation);
      }
    });
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #prepare(text: string): StatementSync {
    const prepared = this.#statements.get(text) ?? this.#db.prepare(text);
    this.#statements.set(text, prepared);
    return prepared;
  }

  #commit<T>(act: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    const result = act();
    this.#db.exec('COMMIT');
    return result;
  }
}
