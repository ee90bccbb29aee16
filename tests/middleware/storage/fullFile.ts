import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../../middleware/ports.ts';
import { type MoveOptions, moveStore } from '../../../middleware/storage/move/moveStore.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { answersOf, fillStore } from './fullStore.ts';

/** A file with everything that a store can hold, anew for each test of the suite that calls it; and what is done with it. */
export function fullFile() {
  let folder: string;
  let path: string;
  let answers: unknown;
  const stores: Store[] = [];
  const closeAll = async () => {
    for (const store of stores.splice(0)) await store.close();
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-move-'));
    path = join(folder, 'bluetick.sqlite');
    const store = await openSqliteStore({ path, thread: false });
    await fillStore(store);
    answers = await answersOf(store);
    await store.close();
  });
  afterEach(async () => {
    await closeAll();
    await rm(folder, { recursive: true });
  });
  const keep = async (opening: Promise<Store>) => {
    const store = await opening;
    stores.push(store);
    return store;
  };
  return {
    get folder() {
      return folder;
    },
    get path() {
      return path;
    },
    /** What its store answered. */
    get answers() {
      return answers;
    },
    /** Stores that are closed after the test. */
    openFile: (at: string) => keep(openSqliteStore({ path: at, thread: false })),
    openDatabase: (url: string) => keep(openPostgresStore({ url })),
    closeAll,
    move: (url: string, over: Partial<MoveOptions> = {}) => moveStore({ path, database: { url }, ...over }),
  };
}
