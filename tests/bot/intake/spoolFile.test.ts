import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SpoolFile } from '../../../bot/intake/spoolFile.ts';
import { SmallDisk } from '../../fault/smallDisk.ts';

interface Item {
  readonly id: number;
  readonly text?: string;
}

describe('SpoolFile', () => {
  let folder: string;
  let path: string;
  let file: SpoolFile<Item>;
  const open = async (limit?: number) => {
    file = await SpoolFile.open<Item>(path, limit);
  };
  const idsOf = async (start?: number) => {
    const ids: (number | undefined)[] = [];
    for await (const { item } of file.entries(start)) ids.push(item?.id);
    return ids;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-spool-'));
    path = join(folder, 'new', 'spool.jsonl');
    await open();
  });
  afterEach(async () => {
    await file.close();
    await rm(folder, { recursive: true });
  });

  it('is empty at first, and nobody else’s to read', async () => {
    assert.deepEqual([file.size, await idsOf()], [0, []]);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('has what was appended, in order, when the append resolves, over a restart', async () => {
    await Promise.all([1, 2, 3].map(id => file.append({ id, text: 'a\nb "ü"' })));
    assert.equal((await readFile(path, 'utf8')).split('\n').length, 4);
    await file.close();
    await open();
    await file.append({ id: 4 });
    assert.deepEqual(await idsOf(), [1, 2, 3, 4]);
  });

  it('cuts away a line that a crash cut off', async () => {
    await file.append({ id: 1 });
    await file.close();
    await appendFile(path, '{"id":2,"te');
    await open();
    assert.deepEqual(await idsOf(), [1]);
    await file.append({ id: 3 });
    assert.deepEqual(await idsOf(), [1, 3]);
  });

  it('says which lines are damaged, and has the others', async () => {
    await file.close();
    await writeFile(path, '{"id":1}\n\u0000\u0000\nnull\n7\n\n{"id":3}\n');
    await open();
    assert.deepEqual(await idsOf(), [1, undefined, undefined, undefined, undefined, 3]);
  });

  it('is read from where somebody left off, over what is longer than is read at once', async () => {
    const texts = ['ü'.repeat(50_000), 'a', '🚲'.repeat(70_000), ''];
    for (const [id, text] of texts.entries()) await file.append({ id, text });
    const ends: number[] = [];
    for await (const { item, end } of file.entries()) {
      assert.equal(item?.text, texts[item?.id ?? -1]);
      ends.push(end);
    }
    assert.deepEqual([ends.length, ends.at(-1)], [4, file.size]);
    for (const [index, end] of ends.entries())
      assert.deepEqual(
        await idsOf(end),
        [0, 1, 2, 3].filter(id => id > index),
      );
  });

  it('leaves nothing behind where a reading ends early', async () => {
    for (const id of [1, 2]) await file.append({ id });
    const warnings: Error[] = [];
    const listen = (warning: Error) => void warnings.push(warning);
    process.on('warning', listen);
    for (let reading = 0; reading < 20; reading += 1)
      for await (const { item } of file.entries()) if (item?.id === 1) break;
    await setImmediate();
    process.off('warning', listen);
    assert.deepEqual(warnings, []);
  });

  it('takes no more than its limit, and then still has what it took', async () => {
    await file.close();
    await open(100);
    await file.append({ id: 1 });
    const long = { id: 2, text: 'x'.repeat(100) };
    await assert.rejects(file.append(long), { code: 'store_unavailable' });
    await file.append({ id: 3 });
    assert.deepEqual(await idsOf(), [1, 3]);
  });

  it('lets no more wait for the disk than it may take, and refuses only what is too much', async () => {
    await file.close();
    await open(100);
    const text = 'x'.repeat(40);
    const appended = await Promise.allSettled(
      [{ id: 1, text }, { id: 2, text }, { id: 3 }].map(item => file.append(item)),
    );
    assert.deepEqual(
      appended.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await idsOf(), [1, 3]);
  });

  it('is emptied only where nothing came meanwhile', async () => {
    await file.append({ id: 1 });
    const { size } = file;
    await file.append({ id: 2 });
    assert.equal(await file.clear(size), false);
    assert.deepEqual(await idsOf(), [1, 2]);
    assert.equal(await file.clear(file.size), true);
    assert.deepEqual([await idsOf(), (await stat(path)).size], [[], 0]);
    await file.append({ id: 3 });
    assert.deepEqual(await idsOf(), [3]);
  });

  it('is not torn by a full disk: what it took is there, and nothing of what it refused', async function () {
    const disk = await SmallDisk.mount();
    if (disk === undefined) return this.skip();
    await file.close();
    path = join(disk.folder, 'spool.jsonl');
    await open();
    try {
      await file.append({ id: 1 });
      await disk.fill();
      await assert.rejects(file.append({ id: 2, text: 'x'.repeat(200_000) }), { code: 'ENOSPC' });
      assert.ok((await stat(path)).size > file.size, 'a part of it was written');
      await disk.free();
      await file.append({ id: 3 });
      assert.deepEqual(await idsOf(), [1, 3]);
      assert.equal(await readFile(path, 'utf8'), '{"id":1}\n{"id":3}\n');
    } finally {
      await file.close();
      await disk.unmount();
      path = join(folder, 'new', 'spool.jsonl');
      await open();
    }
  });
});
