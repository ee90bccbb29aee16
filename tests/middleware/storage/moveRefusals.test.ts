import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { MoveStep } from '../../../middleware/storage/move/moveSteps.ts';
import type { MoveOptions } from '../../../middleware/storage/move/moveStore.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { testDatabase } from '../../support/postgres.ts';
import { fullFile } from './fullFile.ts';

describe('the move of a store to PostgreSQL refuses', function () {
  this.timeout(30_000);
  const file = fullFile();
  const { openFile, openDatabase, move } = file;
  const refuses = (url: string, field: string, why: RegExp, over: Partial<MoveOptions> = {}) =>
    assert.rejects(move(url, over), { code: 'invalid_configuration', field, message: why });
  let url: string;
  beforeEach(async () => {
    url = await testDatabase();
  });

  it('a file that is not there, or is none', async () => {
    await refuses(url, 'BLUETICK_DATA', /There is no store .*other/, { path: join(file.folder, 'other') });
    await refuses(url, 'BLUETICK_DATA', /cannot be read/, { path: file.folder });
  });

  it('a file that a host has, and no host gets the file while it moves', async () => {
    const store = await openSqliteStore({ path: file.path, thread: false });
    await refuses(url, 'BLUETICK_DATA', /is in use: stop the host first/);
    await store.close();
    let tried: Promise<unknown> | undefined;
    await move(url, {
      onStep: () => {
        tried ??= assert.rejects(
          openSqliteStore({ path: file.path, thread: false }),
          /is in use by another process/,
        );
      },
    });
    await tried;
  });

  it('a file of another version', async () => {
    const set = (version: number) => {
      const db = new DatabaseSync(file.path);
      db.exec(`PRAGMA user_version = ${version}`);
      db.close();
    };
    set(3);
    await refuses(url, 'BLUETICK_DATA', /of version 3.*start this version on it once/);
    set(999);
    await refuses(url, 'BLUETICK_DATA', /of version 999.*move it with that version/);
  });

  it('a database that cannot be reached, and says so', async () => {
    const nobody = new URL(url);
    nobody.port = '1';
    await assert.rejects(move(nobody.href), { code: 'store_unavailable' });
  });

  it('a database that has data, and hosts that run on it, and leaves it to them', async () => {
    const store = await openPostgresStore({ url });
    await refuses(url, 'DATABASE_URL', /Hosts are running on this database \(1\)/);
    await store.putPolicy({ kind: 'default' }, {});
    await store.close();
    await refuses(url, 'DATABASE_URL', /has data already, in the table policy/);
    await openDatabase(url);
  });

  it('a database into which another store is being moved, or this one as it was before', async () => {
    const cut = { onStep: cutAfter(2), batchRows: 3 };
    await assert.rejects(move(url, cut));
    const other = join(file.folder, 'other.sqlite');
    await copyFile(file.path, other);
    await (await openFile(other)).putPolicy({ kind: 'default' }, {});
    await file.closeAll();
    await refuses(url, 'DATABASE_URL', /not of the file as it is now/, { path: other });
    assert.ok(
      (await move(url)).tables.every(({ same }) => same),
      'the one that began may end',
    );
  });
});

/** Breaks a move off when so many batches have been copied. */
function cutAfter(batches: number): (step: MoveStep) => void {
  let left = batches;
  return ({ what }) => {
    if (what === 'copies') left -= 1;
    if (left === 0) throw new Error('cut off');
  };
}
