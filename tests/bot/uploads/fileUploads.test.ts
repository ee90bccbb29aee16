import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { uploadLimits } from '../../../bot/files/fileTypes.ts';
import { FileUploads } from '../../../bot/uploads/fileUploads.ts';

const keepMs = 1000;
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(40, 7)]);

describe('files that agents send', () => {
  let folder: string;
  let uploads: FileUploads;
  let at: number;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'bluetick-uploads-')), 'files');
    at = Date.now();
    uploads = new FileUploads(folder, { clock: { now: () => at }, keepMs });
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  async function* chunks(...parts: Uint8Array[]) {
    yield* parts;
  }
  const keep = (body: AsyncIterable<Uint8Array>, contentType = 'image/png', fileName = 'wheel.png') =>
    uploads.keep({ contentType, fileName, body });

  it('are refused where many are on their way, or the disk has little room for the store', async () => {
    const endings: (() => void)[] = [];
    const slow = async function* () {
      yield png;
      await new Promise<void>(resolve => endings.push(resolve));
    };
    const kept = Array.from({ length: 20 }, () => keep(slow()));
    await assert.rejects(keep(chunks(png)), { code: 'rate_limited' });
    while (endings.length < 20) await new Promise(resolve => setImmediate(resolve));
    for (const end of endings) end();
    assert.equal((await Promise.all(kept)).length, 20);
    await keep(chunks(png));
    const full = new FileUploads(folder, { clock: { now: () => at }, keepMs, freeBytes: async () => 1e8 });
    const refused = full.keep({ contentType: 'image/png', fileName: 'a.png', body: chunks(png) });
    await assert.rejects(refused, { code: 'store_unavailable' });
  });

  it('are kept, however their first bytes come, until their time is over', async () => {
    const upload = await keep(chunks(png.subarray(0, 3), png.subarray(3, 9), png.subarray(9)));
    assert.match(upload.id, /^[0-9a-f]{64}$/);
    const { id, ...known } = upload;
    const expected = { type: 'image', contentType: 'image/png', fileName: 'wheel.png', size: png.length };
    assert.deepEqual(known, { ...expected, expiresAt: at + keepMs });
    const found = await uploads.open(id);
    assert.ok(found);
    assert.deepEqual(found.upload, upload);
    assert.deepEqual(await buffer(found.body), png);
    assert.equal(await uploads.sweep(), 0);
    at += keepMs;
    assert.equal(await uploads.open(id), undefined);
    assert.equal(await uploads.sweep(), 1);
    assert.deepEqual(await readdir(folder), []);
  });

  it('are refused where they are not what they are called, and leave nothing', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    for (const contentType of ['image/png', 'image/jpeg', 'application/pdf', 'video/mp4', 'audio/ogg'])
      await assert.rejects(keep(chunks(page), contentType), { code: 'invalid_request' }, contentType);
    for (const contentType of ['text/html', 'image/svg+xml', 'image/webp', 'application/zip', ''])
      await assert.rejects(keep(chunks(png), contentType), { field: 'Content-Type' }, contentType);
    await assert.rejects(keep(chunks()), { code: 'invalid_request' });
    await assert.rejects(keep(chunks(Buffer.from([0x89]))), { code: 'invalid_request' });
    assert.deepEqual(await readdir(folder), []);
  });

  it('are refused where they are too large, or break off, and leave nothing', async () => {
    const large = Buffer.alloc(uploadLimits.image);
    await assert.rejects(keep(chunks(png, large)), { code: 'too_large' });
    const broken = async function* () {
      yield png;
      throw new Error('the browser went away');
    };
    await assert.rejects(keep(broken()), /went away/);
    assert.deepEqual(await readdir(folder), []);
  });

  it('are found by their ids alone', async () => {
    const { id } = await keep(chunks(png));
    await writeFile(join(folder, '..', 'secret'), 'x');
    for (const other of [
      '',
      '.',
      '..',
      '../secret',
      `${id}.json`,
      id.toUpperCase(),
      `./${id}`,
      `${id}/`,
      '0'.repeat(64),
    ])
      if (other !== id) assert.equal(await uploads.open(other), undefined, other);
  });

  it('keep a name that is one, and no path', async () => {
    const nameOf = async (name: string) => (await keep(chunks(png), 'image/png', name)).fileName;
    assert.equal(await nameOf('../../etc/pass\u0000wd'), 'passwd');
    assert.equal(await nameOf('C:\\x\\"bill" \u202egnp.exe'), '_bill_ gnp.exe');
    assert.equal(await nameOf('..'), 'file');
    assert.equal(await nameOf('Rechnung für Änne.png'), 'Rechnung für Änne.png');
  });

  it('that a process which died left behind are swept after an hour', async () => {
    await keep(chunks(png));
    const part = join(folder, `${'a'.repeat(64)}.part`);
    await writeFile(part, 'x');
    await writeFile(join(folder, `${'b'.repeat(64)}.json`), '{');
    assert.equal(await uploads.sweep(), 1);
    await utimes(part, new Date(at - 3_600_001), new Date(at - 3_600_001));
    assert.equal(await uploads.sweep(), 1);
    assert.equal((await readdir(folder)).length, 2);
  });

  it('are none where the folder is not there', async () => assert.equal(await uploads.sweep(), 0));
});
