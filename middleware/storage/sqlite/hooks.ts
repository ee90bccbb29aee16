import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { HookDelivery, LedgerEvent } from '../../ports.ts';

interface HookRow {
  readonly id: string;
  readonly url: string;
  readonly event: string;
  readonly created_at: number;
  readonly due_at: number;
  readonly attempts: number;
}

/** The web hooks of the store that have to go out. One that is under way is due again when its lease ends. */
export function hookTable(db: DatabaseSync) {
  const insert = db.prepare('INSERT INTO hook (id, url, event, created_at, due_at) VALUES (?, ?, ?, ?, ?)');
  const due = db.prepare(
    `SELECT * FROM hook WHERE due_at <= ? AND url NOT IN (SELECT value FROM json_each(?))
     ORDER BY due_at, pk LIMIT ?`,
  );
  const next = db.prepare(
    `SELECT due_at AS at FROM hook WHERE url NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at LIMIT 1`,
  );
  const lease = db.prepare('UPDATE hook SET due_at = ? WHERE id = ?');
  const retry = db.prepare('UPDATE hook SET due_at = ?, attempts = attempts + 1 WHERE id = ?');
  const remove = db.prepare('DELETE FROM hook WHERE id = ?');

  return {
    /** Keeps a web hook to each address, due at once: with the change that it tells of, in one transaction. */
    add(event: LedgerEvent, urls: readonly string[]): void {
      for (const url of urls) insert.run(randomUUID(), url, JSON.stringify(event), event.at, event.at);
    },

    claimHooks(now: number, limit: number, leaseMs: number, except: readonly string[] = []) {
      const others = JSON.stringify(except);
      const rows = due.all(now, others, limit) as unknown as HookRow[];
      for (const { id } of rows) lease.run(now + leaseMs, id);
      const hooks: HookDelivery[] = rows.map(({ id, url, event, created_at: createdAt, attempts }) => {
        return { id, url, event: JSON.parse(event), createdAt, attempts };
      });
      const earliest = next.get(others) as { at: number } | undefined;
      return { hooks, nextDueAt: earliest?.at };
    },

    endHook(id: string, retryAt: number | undefined): void {
      if (retryAt === undefined) remove.run(id);
      else retry.run(retryAt, id);
    },
  };
}

/** See {@link hookTable}. */
export type HookTable = ReturnType<typeof hookTable>;
