import type { DatabaseSync } from 'node:sqlite';
import type { ScopeKey } from '../../domain.ts';

/** The policies that were put over the file's. */
export function policyTable(db: DatabaseSync) {
  const all = db.prepare('SELECT scope, document FROM policy ORDER BY scope');
  const put = db.prepare(
    'INSERT INTO policy (scope, document) VALUES (?, ?) ON CONFLICT DO UPDATE SET document = excluded.document',
  );
  const remove = db.prepare('DELETE FROM policy WHERE scope = ?');
  return {
    policies(): readonly { key: ScopeKey; document: unknown }[] {
      const rows = all.all() as unknown as { scope: string; document: string }[];
      return rows.map(({ scope, document }) => ({ key: JSON.parse(scope), document: JSON.parse(document) }));
    },
    putPolicy(key: ScopeKey, document: unknown): void {
      const scope = JSON.stringify('id' in key ? { kind: key.kind, id: key.id } : { kind: key.kind });
      if (document === undefined) remove.run(scope);
      else put.run(scope, JSON.stringify(document));
    },
  };
}
