import type { StateChange, StateItem, StateWritten } from '../../ports.ts';
import type { Op, Sql } from './sql.ts';

interface StateRow {
  readonly item: string;
  readonly etag: string;
}

/** What bots remember between turns. */
export function stateTable(sql: Sql) {
  const find = sql.prepare<StateRow>('SELECT item, etag FROM bot_state WHERE key = ?');
  const put = sql.prepare(
    `INSERT INTO bot_state (key, item, etag) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET item = excluded.item, etag = excluded.etag`,
  );
  const remove = sql.prepare('DELETE FROM bot_state WHERE key = ?');

  function* isExpected({ key, expected }: StateChange): Op<boolean> {
    if (expected === undefined) return true;
    const row = yield* find.get(key);
    return row === undefined || row.etag === expected;
  }

  return {
    *readState(keys: readonly string[]): Op<readonly StateItem[]> {
      const items: StateItem[] = [];
      for (const key of keys) {
        const row = yield* find.get(key);
        if (row !== undefined) items.push({ key, json: row.item, eTag: row.etag });
      }
      return items;
    },

    *writeState(changes: readonly StateChange[]): Op<StateWritten> {
      const conflicts: number[] = [];
      for (const [index, change] of changes.entries()) {
        if (!(yield* isExpected(change))) conflicts.push(index);
      }
      if (conflicts.length > 0) return { conflicts };
      for (const { key, to } of changes) {
        if (to === undefined) yield* remove.run(key);
        else yield* put.write(key, to.json, to.eTag);
      }
      return { conflicts };
    },
  };
}

/** See {@link stateTable}. */
export type StateTable = ReturnType<typeof stateTable>;
