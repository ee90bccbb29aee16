import { randomUUID } from 'node:crypto';
import type { HookDelivery, LedgerEvent, LedgerStore } from '../../ports.ts';
import type { Op, Sql } from './sql.ts';

interface HookRow {
  readonly pk: number;
  readonly id: string;
  readonly url: string;
  readonly event: string;
  readonly created_at: number;
  readonly due_at: number;
  readonly attempts: number;
}

interface Address {
  readonly url: string;
  /** When the first falls due that no other process has; `null`: there is none. */
  readonly due_at: number | null;
}

/** The most that wait for one address: where more do, the oldest are dropped. */
export const hookLimit = 100_000;
/** How many are added between two looks at how many wait: a look counts them, which takes some milliseconds. */
const lookEvery = 1000;

/**
 * The web hooks of the store that have to go out. One that is under way is leased by its process: no other gets it while that
 * lives, and that one itself gets it again when its lease ends.
 */
export function hookTable(sql: Sql) {
  const insert = sql.prepare('INSERT INTO hook (id, url, event, created_at, due_at) VALUES (?, ?, ?, ?, ?)');
  const isOurs = 'leased IN (0, ?)';
  // From one address to the next, in the index: what it costs grows with the addresses, not with what waits for them.
  const addresses = sql.prepare<Address>(
    `WITH RECURSIVE address (url) AS (
       SELECT min(url) FROM hook
       UNION ALL
       SELECT (SELECT min(url) FROM hook WHERE hook.url > address.url) FROM address WHERE url IS NOT NULL
     )
     SELECT url, (SELECT min(due_at) FROM hook WHERE hook.url = address.url AND ${isOurs}) AS due_at
     FROM address WHERE url IS NOT NULL AND url NOT IN (${sql.dialect.textsIn('?')})`,
  );
  const due = sql.prepare<HookRow>(
    `SELECT * FROM hook WHERE url = ? AND due_at <= ? AND ${isOurs} ORDER BY due_at, pk LIMIT ? ${sql.dialect.skipLocked}`,
  );
  const lease = sql.prepare('UPDATE hook SET due_at = ?, leased = ? WHERE id = ?');
  // One that another process has taken over stays as it is.
  const retry = sql.prepare(
    `UPDATE hook SET due_at = ?, leased = 0, attempts = attempts + 1 WHERE id = ? AND ${isOurs}`,
  );
  const remove = sql.prepare('DELETE FROM hook WHERE id = ?');
  const countOf = sql.prepare<{ readonly count: number }>('SELECT count(*) AS count FROM hook WHERE url = ?');
  const dropOldest = sql.prepare(
    `DELETE FROM hook WHERE pk IN (SELECT pk FROM hook WHERE url = ? ORDER BY pk LIMIT ? ${sql.dialect.skipLocked})`,
  );
  const countAll = sql.prepare<{ readonly count: number }>('SELECT count(*) AS count FROM hook');
  /** Dropped by this process since somebody was told. */
  let dropped = 0;

  const addressesBut = (except: readonly string[]) => addresses.all(sql.me, JSON.stringify(except));

  function* trim(url: string): Op<void> {
    const { count = 0 } = (yield* countOf.get(url)) ?? {};
    if (count <= hookLimit) return;
    const gone = yield* dropOldest.run(url, count - hookLimit);
    dropped += gone;
  }

  return {
    /** Keeps a web hook to each address, due at once: with the change that it tells of, in one transaction. */
    *add(event: LedgerEvent, urls: readonly string[]): Op<void> {
      let look = false;
      for (const url of urls) {
        const pk = yield* insert.insert(randomUUID(), url, JSON.stringify(event), event.at, event.at);
        look ||= pk % lookEvery === 0;
      }
      if (look) for (const url of new Set(urls)) yield* trim(url);
    },

    *claimHooks(
      now: number,
      limit: number,
      leaseMs: number,
      except: readonly string[] = [],
    ): Op<Awaited<ReturnType<LedgerStore['claimHooks']>>> {
      const found: HookRow[] = [];
      for (const { url, due_at } of yield* addressesBut(except))
        if (due_at !== null && due_at <= now) found.push(...(yield* due.all(url, now, sql.me, limit)));
      const rows = found.sort((one, other) => one.due_at - other.due_at || one.pk - other.pk).slice(0, limit);
      for (const { id } of rows) yield* lease.run(now + leaseMs, sql.me, id);
      const hooks: HookDelivery[] = rows.map(({ id, url, event, created_at: createdAt, attempts }) => {
        return { id, url, event: JSON.parse(event), createdAt, attempts };
      });
      const left = (yield* addressesBut(except)).map(address => address.due_at).filter(at => at !== null);
      const answer = { hooks, nextDueAt: left.length === 0 ? undefined : Math.min(...left), dropped };
      dropped = 0;
      return answer;
    },

    *endHook(id: string, retryAt: number | undefined): Op<void> {
      if (retryAt === undefined) yield* remove.run(id);
      else yield* retry.write(retryAt, id, sql.me);
    },

    *countHooks(): Op<number> {
      return (yield* countAll.get())?.count ?? 0;
    },
  };
}

/** See {@link hookTable}. */
export type HookTable = ReturnType<typeof hookTable>;
