import type { DatabaseSync } from 'node:sqlite';
import type { StateChange, StateItem, StateWritten } from '../../ports.ts';

interface StateRow {
  readonly item: string;
  readonly etag: string;
}

/** What bots remember between turns. */
export function stateTable(db: DatabaseSync) {
  const select = db.prepare('SELECT item, etag FROM bot_state WHERE key = ?');
  const put = db.prepare(
    `INSERT INTO bot_state (key, item, etag) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET item = excluded.item, etag = excluded.etag`,
  );
  const remove = db.prepare('DELETE FROM bot_state WHERE key = ?');
  const find = (key: string) => select.get(key) as unknown as StateRow | undefined;

  function isExpected({ key, expected }: StateChange): boolean {
    if (expected === undefined) return true;
    const row = find(key);
    return row === undefined || row.etag === expected;
  }

  return {
    readState(keys: readonly string[]): readonly StateItem[] {
      return keys.flatMap(key => {
        const row = find(key);
        return row === undefined ? [] : [{ key, json: row.item, eTag: row.etag }];
      });
    },

    writeState(changes: readonly StateChange[]): StateWritten {
      const conflicts = changes.flatMap((change, index) => (isExpected(change) ? [] : [index]));
      if (conflicts.length > 0) return { conflicts };
      for (const { key, to } of changes) {
        if (to === undefined) remove.run(key);
        else put.run(key, to.json, to.eTag);
      }
      return { conflicts };
    },
  };
}

/** See {@link stateTable}. */
export type StateTable = ReturnType<typeof stateTable>;
