import type { ScopeKey } from '../../domain.ts';
import type { Op, Sql } from './sql.ts';

/** The policies that were put over the file's. */
export function policyTable(sql: Sql) {
  const all = sql.prepare<{ readonly scope: string; readonly document: string }>(
    'SELECT scope, document FROM policy ORDER BY scope',
  );
  const put = sql.prepare(
    'INSERT INTO policy (scope, document) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET document = excluded.document',
  );
  const remove = sql.prepare('DELETE FROM policy WHERE scope = ?');
  return {
    *policies(): Op<readonly { key: ScopeKey; document: unknown }[]> {
      const rows = yield* all.all();
      return rows.map(({ scope, document }) => ({ key: JSON.parse(scope), document: JSON.parse(document) }));
    },
    *putPolicy(key: ScopeKey, document: unknown): Op<void> {
      const scope = JSON.stringify('id' in key ? { kind: key.kind, id: key.id } : { kind: key.kind });
      if (document === undefined) yield* remove.run(scope);
      else yield* put.write(scope, JSON.stringify(document));
      yield* sql.tell('policies');
    },
  };
}
