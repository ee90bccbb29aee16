import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { HookDelivery, LedgerEvent } from '../../ports.ts';

interface HookRow {
  readonly pk: number;
  readonly id: string;
  readonly url: string;
  readonly event: string;
  readonly created_at: number;
  readonly due_at: number;
  readonly attempts: number;
}

/** The most that wait for one address: where more do, the oldest are dropped. */
export const hookLimit = 100_000;
/** How many are added between two looks at how many wait: a look counts them, which takes some milliseconds. */
const lookEvery = 1000;

/** The web hooks of the store that have to go out. One that is under way is due again when its lease ends. */
export function hookTable(db: DatabaseSync) {
  const insert = db.prepare('INSERT INTO hook (id, url, event, created_at, due_at) VALUES (?, ?, ?, ?, ?)');
  // From one address to the next, in the index: what it costs grows with the addresses, not with what waits for them.
  const addresses = db.prepare(
    `WITH RECURSIVE address (url) AS (
       SELECT min(url) FROM hook
       UNION ALL
       SELECT (SELECT min(url) FROM hook WHERE hook.url > address.url) FROM address WHERE url IS NOT NULL
     )
     SELECT url, (SELECT min(due_at) FROM hook WHERE hook.url = address.url) AS due_at
     FROM address WHERE url IS NOT NULL AND url NOT IN (SELECT value FROM json_each(?))`,
  );
  const due = db.prepare('SELECT * FROM hook WHERE url = ? AND due_at <= ? ORDER BY due_at, pk LIMIT ?');
  const lease = db.prepare('UPDATE hook SET due_at = ? WHERE id = ?');
  const retry = db.prepare('UPDATE hook SET due_at = ?, attempts = attempts + 1 WHERE id = ?');
  const remove = db.prepare('DELETE FROM hook WHERE id = ?');
  const countOf = db.prepare('SELECT count(*) AS count FROM hook WHERE url = ?');
  const dropOldest = db.prepare(
    'DELETE FROM hook WHERE pk IN (SELECT pk FROM hook WHERE url = ? ORDER BY pk LIMIT ?)',
  );
  const countAll = db.prepare('SELECT count(*) AS count FROM hook');
  /** Dropped since somebody was told. */
  let dropped = 0;

  const addressesBut = (except: readonly string[]) =>
    addresses.all(JSON.stringify(except)) as unknown as Pick<HookRow, 'url' | 'due_at'>[];

  function trim(url: string): void {
    const { count } = countOf.get(url) as { count: number };
    if (count > hookLimit) dropped += Number(dropOldest.run(url, count - hookLimit).changes);
  }

  return {
    /** Keeps a web hook to each address, due at once: with the change that it tells of, in one transaction. */
    add(event: LedgerEvent, urls: readonly string[]): void {
      let look = false;
      for (const url of urls) {
        const { lastInsertRowid } = insert.run(randomUUID(), url, JSON.stringify(event), event.at, event.at);
        look ||= Number(lastInsertRowid) % lookEvery === 0;
      }
      if (look) new Set(urls).forEach(trim);
    },

    claimHooks(now: number, limit: number, leaseMs: number, except: readonly string[] = []) {
      const rows = addressesBut(except)
        .filter(address => address.due_at <= now)
        .flatMap(({ url }) => due.all(url, now, limit) as unknown as HookRow[])
        .sort((one, other) => one.due_at - other.due_at || one.pk - other.pk)
        .slice(0, limit);
      for (const { id } of rows) lease.run(now + leaseMs, id);
      const hooks: HookDelivery[] = rows.map(({ id, url, event, created_at: createdAt, attempts }) => {
        return { id, url, event: JSON.parse(event), createdAt, attempts };
      });
      const left = addressesBut(except).map(address => address.due_at);
      const answer = { hooks, nextDueAt: left.length === 0 ? undefined : Math.min(...left), dropped };
      dropped = 0;
      return answer;
    },

    endHook(id: string, retryAt: number | undefined): void {
      if (retryAt === undefined) remove.run(id);
      else retry.run(retryAt, id);
    },

    countHooks: () => (countAll.get() as { count: number }).count,
  };
}

/** See {@link hookTable}. */
export type HookTable = ReturnType<typeof hookTable>;
