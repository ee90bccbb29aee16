import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { FileUploads, uploadsFolder } from '../../bot/uploads/fileUploads.ts';
import { openSqliteStore } from '../../middleware/storage/sqlite/openSqliteStore.ts';
import { systemClock } from '../../middleware/timing/systemClock.ts';
import { fillStore } from '../middleware/storage/fullStore.ts';
import { environment, startHostProcess } from '../support/hostProcess.ts';
import { testDatabase } from '../support/postgres.ts';

const script = join(import.meta.dirname, '..', '..', 'bot', 'migrateStore.ts');
const key = 'a key of sixteen characters';

describe('npm run migrate-store', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-migrate-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = async (settings: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [script], {
      cwd: folder,
      env: environment({ BLUETICK_DATA: folder, BLUETICK_API_KEY: key, ...settings }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, error, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { out, error, code };
  };

  it('moves the store of a host, says what it does, and shows both sides in a table', async () => {
    const store = await openSqliteStore({ path: join(folder, 'bluetick.sqlite'), thread: false });
    await fillStore(store);
    await store.close();
    const uploads = new FileUploads(uploadsFolder(folder), { clock: systemClock, keepMs: 1e9 });
    const picture = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(300_000, 1)]);
    const file = { contentType: 'image/png', fileName: 'bicycle.png', body: Readable.from([picture]) };
    const { id } = await uploads.keep(file);
    const settings = { DATABASE_URL: await testDatabase() };
    const first = await run(settings);
    assert.deepEqual([first.code, first.error], [0, '']);
    assert.match(first.out, /s {2}copies inbound: 17 of 17 rows/);
    assert.match(first.out, /^inbound +17 +17 +([0-9a-f]{16}) +\1 +same$/m);
    assert.match(first.out, /The database holds what the file holds\. Start the host with DATABASE_URL/);
    assert.doesNotMatch(first.out, /491555|bicycle|postgres:/, 'no customer, text or password');
    const again = await run(settings);
    assert.equal(again.code, 0);
    assert.match(again.out, /was moved into this database on 2\d{3}-.*Nothing was done now/);
    const host = await startHostProcess({ BLUETICK_DATA: folder, BLUETICK_API_KEY: key, ...settings });
    const listed = await fetch(`${host.url}/api/v1/conversations`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { items } = (await listed.json()) as { items: object[] };
    assert.equal(items.length, 4, 'a host goes on there');
    const fetched = await fetch(`${host.url}/files/${id}`);
    assert.ok(picture.equals(Buffer.from(await fetched.arrayBuffer())), 'a file of an agent’s is there too');
    await host.end('SIGTERM');
  });

  it('refuses what it cannot move, with what to do', async () => {
    const url = await testDatabase();
    const none = await run();
    assert.deepEqual([none.code, none.error.startsWith('bluetick: DATABASE_URL: it must be set')], [1, true]);
    const host = await startHostProcess({ BLUETICK_DATA: folder });
    const used = await run({ DATABASE_URL: url });
    await host.end('SIGTERM');
    assert.equal(used.code, 1);
    assert.match(used.error, /is in use: stop the host first.*for 15 seconds/);
    const away = await run({ DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    assert.equal(away.code, 1);
    assert.match(away.error, /run it again, and it goes on where it stopped/);
  });
});
