import type { DatabaseSync } from 'node:sqlite';
import { BluetickError } from '../../errors.ts';
import type { Connection } from '../postgres/perform.ts';

/** A column of a table, as its own side describes it. */
export interface Column {
  readonly table: string;
  readonly name: string;
  /** The type in the words of its side: `INTEGER`, `TEXT` or `BLOB` of SQLite; `int4`, `int8`, `text` or `bytea` of PostgreSQL. */
  readonly type: string;
  /** Its place in the primary key, from 1 on; 0: it is not in it. */
  readonly key: number;
  /** Whether the database counts it up. SQLite does not say. */
  readonly identity: boolean;
}

/** A table that moves, as both sides have it. */
export interface MovedTable {
  readonly name: string;
  /** Its columns, with their types on PostgreSQL. */
  readonly columns: readonly Pick<Column, 'name' | 'type'>[];
  /** The columns of its primary key, in their order. */
  readonly key: readonly string[];
  /** The column that PostgreSQL counts up; `undefined`: none. */
  readonly identity: string | undefined;
}

/** What stays behind: one row that says when the store could last be written. */
export const staysBehind: ReadonlySet<string> = new Set(['heartbeat']);

/** What of PostgreSQL a value of SQLite may go into. */
const typesFor: Readonly<Record<string, readonly string[]>> = {
  INTEGER: ['int4', 'int8'],
  TEXT: ['text'],
  BLOB: ['bytea'],
};

/** The columns of every table of a file. */
export function columnsOfFile(db: DatabaseSync): readonly Column[] {
  const rows = db
    .prepare(
      `SELECT t.name AS "table", c.name, c.type, c.pk AS key
       FROM sqlite_schema t JOIN pragma_table_info(t.name) c
       WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name, c.cid`,
    )
    .all() as unknown as readonly Omit<Column, 'identity'>[];
  return rows.map(row => ({ ...row, identity: false }));
}

/** The columns of every table of a database. */
export async function columnsOfDatabase(connection: Connection): Promise<readonly Column[]> {
  const { rows } = await connection.query<Column>(
    `SELECT t.relname AS "table", a.attname AS name, y.typname AS type, a.attidentity <> '' AS identity,
       coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) AS key
     FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type y ON y.oid = a.atttypid
     LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
     WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace
     ORDER BY t.relname, a.attnum`,
  );
  return rows;
}

/**
 * The tables that move: every one of the file but for {@link staysBehind}.
 *
 * @throws BluetickError `internal` where the database has a table otherwise than the file: a migration of one side has none
 *   beside it on the other
 */
export function movedTables(file: readonly Column[], database: readonly Column[]): readonly MovedTable[] {
  const there = Map.groupBy(database, ({ table }) => table);
  return [...Map.groupBy(file, ({ table }) => table)]
    .filter(([name]) => !staysBehind.has(name))
    .map(([name, columns]) => pair(name, columns, there.get(name) ?? []));
}

function pair(table: string, from: readonly Column[], to: readonly Column[]): MovedTable {
  const columns = from.map(({ name, type, key }) => {
    const found = to.find(each => each.name === name);
    if (found === undefined) throw differs(`PostgreSQL has no column ${table}.${name}`);
    if (!typesFor[type]?.includes(found.type))
      throw differs(`${table}.${name} is ${type} on SQLite and ${found.type} on PostgreSQL`);
    if (found.key !== key) throw differs(`${table}.${name} has another place in the primary key`);
    return found;
  });
  const alone = to.find(({ name }) => !from.some(each => each.name === name));
  if (alone !== undefined) throw differs(`SQLite has no column ${table}.${alone.name}`);
  return {
    name: table,
    columns: columns.map(({ name, type }) => ({ name, type })),
    key: columns
      .filter(({ key }) => key > 0)
      .sort((one, other) => one.key - other.key)
      .map(({ name }) => name),
    identity: columns.find(({ identity }) => identity)?.name,
  };
}

function differs(how: string): BluetickError {
  return new BluetickError('internal', `The tables of the two stores differ: ${how}`);
}

/** Names as both databases take them. */
export function quoted(...names: readonly string[]): string {
  return names.map(name => `"${name}"`).join(', ');
}
