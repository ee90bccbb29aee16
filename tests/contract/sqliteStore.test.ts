import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { describeStore } from './store.ts';

for (const thread of [true, false]) {
  let folder: string;
  const open = () => openSqliteStore({ path: join(folder, 'store.sqlite'), thread });
  describeStore(`sqlite, ${thread ? 'in a thread' : 'in place'}`, {
    async open() {
      folder = await mkdtemp(join(tmpdir(), 'bluetick-store-'));
      return open();
    },
    async reopen(store) {
      await store.close();
      return open();
    },
    cleanUp: () => rm(folder, { recursive: true }),
  });
}
