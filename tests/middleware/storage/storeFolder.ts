import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Store } from '../../../middleware/ports.ts';
import { openSqliteStore } from '../../../middleware/storage/sqlite/openSqliteStore.ts';
import { environment } from '../../support/hostProcess.ts';

const script = join(import.meta.dirname, '..', '..', 'support', 'storeProcess.ts');

/**
 * A folder with the file of an embedded store, anew for each test of the suite that calls it. What opens the file is ended
 * after the test.
 */
export function storeFolder() {
  let folder: string;
  let path: string;
  const opened: Store[] = [];
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-sqlite-'));
    path = join(folder, 'store.sqlite');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    for (const store of opened.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });
  return {
    get folder() {
      return folder;
    },
    /** Where the file is. */
    get path() {
      return path;
    },
    async open(thread: boolean, at = path): Promise<Store> {
      const store = await openSqliteStore({ path: at, thread });
      opened.push(store);
      return store;
    },
    /** Begins a process that opens the store; answers the first line that it says. */
    async inProcess(...args: string[]) {
      const child = spawn(process.execPath, [script, path, ...args], {
        env: environment({}),
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      children.push(child);
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      return { child, said: JSON.parse(String(line)) };
    },
  };
}
