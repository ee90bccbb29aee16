import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { SharedUploads } from '../../../bot/uploads/sharedUploads.ts';
import type { Store } from '../../../middleware/ports.ts';
import { DatabaseFiles } from '../../../middleware/storage/postgres/files.ts';
import { openPostgresStore } from '../../../middleware/storage/postgres/openPostgresStore.ts';
import { testDatabase } from '../../support/postgres.ts';

const keepMs = 60_000;
const hourMs = 60 * 60 * 1000;
const pdf = Buffer.concat([Buffer.from('%PDF-'), randomBytes(700_000)]);

describe('files that agents send, where several hosts share a store', () => {
  let pool: pg.Pool;
  let stores: Store[];
  let at: number;
  /** The uploads of two hosts. */
  let here: SharedUploads;
  let there: SharedUploads;
  before(async () => {
    const url = await testDatabase();
    stores = [await openPostgresStore({ url }), await openPostgresStore({ url })];
    pool = new pg.Pool({ connectionString: url });
  });
  beforeEach(() => {
    at = Date.now();
    const [one, other] = stores.map(({ files }) => {
      assert.ok(files);
      return new SharedUploads(files, { clock: { now: () => at }, keepMs });
    });
    assert.ok(one && other);
    [here, there] = [one, other];
  });
  afterEach(() => pool.query('DELETE FROM file'));
  after(async () => {
    await Promise.all([pool.end(), ...stores.map(store => store.close())]);
  });

  async function* chunks(body: Uint8Array, size = 60_000) {
    for (let from = 0; from < body.length; from += size) yield body.subarray(from, from + size);
  }
  const keep = (body: AsyncIterable<Uint8Array>, uploads = here) =>
    uploads.keep({ contentType: 'application/pdf', fileName: 'offer.pdf', body });
  const rows = async () => {
    const counts = await Promise.all(
      ['file', 'file_part'].map(table => pool.query(`SELECT count(*)::int AS count FROM ${table}`)),
    );
    return counts.map(({ rows: [row] }) => row.count);
  };

  it('are handed out by each of them, until their time is over', async () => {
    const upload = await keep(chunks(pdf));
    const { id, ...known } = upload;
    assert.match(id, /^[0-9a-f]{64}$/);
    const expected = { type: 'document', contentType: 'application/pdf', fileName: 'offer.pdf' };
    assert.deepEqual(known, { ...expected, size: pdf.length, expiresAt: at + keepMs });
    for (const uploads of [here, there]) {
      const found = await uploads.open(id);
      assert.ok(found);
      assert.deepEqual(found.upload, upload);
      assert.deepEqual(await buffer(found.body), pdf);
    }
    assert.equal(await there.open('0'.repeat(64)), undefined);
    assert.equal(await there.sweep(), 0);
    at += keepMs;
    assert.equal(await there.open(id), undefined);
    assert.equal(await there.sweep(), 1);
    assert.deepEqual(await rows(), [0, 0]);
  });

  it('are refused where they are not what they are called, or break off, and leave nothing', async () => {
    await assert.rejects(keep(chunks(Buffer.from('<!doctype html>'))), { code: 'invalid_request' });
    const broken = async function* () {
      yield* chunks(pdf);
      throw new Error('it broke off');
    };
    await assert.rejects(keep(broken()), /it broke off/);
    assert.deepEqual(await rows(), [0, 0]);
  });

  it('are not found before they are whole, and are swept after an hour where their host died', async () => {
    await pool.query('INSERT INTO file (id, about, expires_at) VALUES ($1, $2, $3)', [
      'a',
      '{}',
      at + hourMs,
    ]);
    assert.equal(await there.open('a'), undefined);
    assert.equal(await there.sweep(), 0);
    at += hourMs;
    assert.equal(await there.sweep(), 1);
  });

  it('are refused where there is no more room for them', async () => {
    const small = new SharedUploads(new DatabaseFiles(pool, pdf.length), {
      clock: { now: () => at },
      keepMs,
    });
    await keep(chunks(pdf), small);
    await assert.rejects(keep(chunks(pdf), small), { code: 'store_unavailable' });
    at += keepMs;
    assert.equal(await small.sweep(), 1);
    await keep(chunks(pdf), small);
  });

  it('are let go of where their reader goes away', async () => {
    const { id } = await keep(chunks(pdf));
    const found = await there.open(id);
    assert.ok(found);
    for await (const _ of found.body) break;
    assert.equal(found.body.destroyed, true);
  });
});
