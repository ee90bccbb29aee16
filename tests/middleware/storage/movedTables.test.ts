import assert from 'node:assert/strict';
import type { Pool, PoolClient } from 'pg';
import {
  type Column,
  columnsOfDatabase,
  columnsOfFile,
  movedTables,
  staysBehind,
} from '../../../middleware/storage/move/movedTables.ts';
import { migrate } from '../../../middleware/storage/postgres/migrate.ts';
import { openPool } from '../../../middleware/storage/postgres/openPool.ts';
import { openDatabase } from '../../../middleware/storage/sqlite/openDatabase.ts';
import { testDatabase } from '../../support/postgres.ts';

/**
 * What only a database has, as it is of the processes that share it. A table that is new on one side fails here until it is
 * on the other, or its place is decided: in this list, or in {@link staysBehind}.
 */
const onlyShared = [
  'bluetick_version',
  'change',
  'change_log',
  'file',
  'file_part',
  'instance',
  'store_move',
  'store_move_table',
];

describe('the tables that move', () => {
  let pool: Pool;
  let connection: PoolClient;
  let file: readonly Column[];
  let database: readonly Column[];
  before(async () => {
    const db = openDatabase(':memory:');
    file = columnsOfFile(db);
    db.close();
    pool = openPool({ url: await testDatabase() });
    await migrate(pool);
    connection = await pool.connect();
    database = await columnsOfDatabase(connection);
  });
  after(async () => {
    connection.release();
    await pool.end();
  });
  const namesOf = (columns: readonly Column[]) => [...new Set(columns.map(({ table }) => table))];

  it('are all tables of SQLite, with the same columns on PostgreSQL', () => {
    const moved = movedTables(file, database);
    assert.deepEqual(
      moved.map(({ name }) => name),
      namesOf(file).filter(name => !staysBehind.has(name)),
    );
    const figure = moved.find(({ name }) => name === 'figure');
    assert.deepEqual(figure?.key, ['hour', 'channel', 'business', 'name', 'bin']);
    assert.deepEqual(
      [figure?.identity, moved.find(({ name }) => name === 'inbound')?.identity],
      [undefined, 'pk'],
    );
  });

  it('are all tables of PostgreSQL, but for those of the processes that share it', () => {
    const there = new Set(namesOf(file));
    assert.deepEqual(
      namesOf(database).filter(name => !there.has(name)),
      onlyShared,
    );
  });

  it('are refused where a migration of one side has none beside it on the other', () => {
    const column = { table: 'hook', name: 'new', type: 'INTEGER', key: 0, identity: false };
    const changed = (over: Partial<Column>) =>
      database.map(each => (each.table === 'hook' && each.name === 'url' ? { ...each, ...over } : each));
    for (const [from, to, why] of [
      [[...file, column], database, 'PostgreSQL has no column hook.new'],
      [file, [...database, { ...column, type: 'int8' }], 'SQLite has no column hook.new'],
      [[...file, { ...column, table: 'other' }], database, 'PostgreSQL has no column other.new'],
      [file, changed({ type: 'int8' }), 'hook.url is TEXT on SQLite and int8 on PostgreSQL'],
      [file, changed({ key: 2 }), 'hook.url has another place in the primary key'],
    ] as const)
      assert.throws(() => movedTables(from, to), {
        code: 'internal',
        message: `The tables of the two stores differ: ${why}`,
      });
  });
});
