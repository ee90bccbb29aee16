import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import restify, { type Server } from 'restify';
import { request } from 'undici';
import { addPages } from '../../../bot/routes/pages.ts';
import { buildPages } from '../../support/webPages.ts';

describe('the web pages', function () {
  this.timeout(30_000);
  let server: Server | undefined;
  let url = '';
  before(buildPages);
  afterEach(() => server?.close());

  async function serve(options: Partial<Parameters<typeof addPages>[1]> = {}): Promise<void> {
    server = restify.createServer();
    addPages(server, { hasSimulator: true, publicUrl: undefined, ...options });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await request(url + path, { headers });
    const body = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, body };
  };
  /** What a page loads: everything that it names. */
  const namedIn = (page: string) =>
    [...page.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(([, name = '']) => name);

  it('may do what their policy says and no more: nothing stands in the page, nothing comes from elsewhere', async () => {
    await serve();
    for (const path of ['/', '/phone', '/demo']) {
      const { status, headers, body } = await get(path);
      assert.equal(status, 200, path);
      const policy = String(headers['content-security-policy']);
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.doesNotMatch(policy, /unsafe|\*|https?:/);
      assert.match(policy, /frame-ancestors 'self'/);
      assert.equal(headers['cache-control'], 'no-cache');
      const page = String(body);
      assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
      assert.ok(namedIn(page).length > 0);
      for (const name of namedIn(page)) {
        assert.match(name, /^\/assets\/[\w.-]+$/);
        const asset = await get(name);
        assert.equal(asset.status, 200, name);
        assert.match(String(asset.headers['cache-control']), /immutable/);
        assert.equal(asset.headers['x-content-type-options'], 'nosniff');
      }
    }
  });

  it('are the same in whatever form the browser takes', async () => {
    await serve();
    const plain = await get('/');
    const br = await get('/', { 'accept-encoding': 'gzip, br' });
    const gzip = await get('/', { 'accept-encoding': 'gzip' });
    assert.deepEqual([br.headers['content-encoding'], gzip.headers['content-encoding']], ['br', 'gzip']);
    assert.deepEqual(brotliDecompressSync(br.body), plain.body);
    assert.deepEqual(gunzipSync(gzip.body), plain.body);
    assert.equal(plain.headers.vary, 'Accept-Encoding');
  });

  it('are the console alone without the simulator', async () => {
    await serve({ hasSimulator: false });
    assert.equal((await get('/')).status, 200);
    for (const path of ['/phone', '/demo']) assert.equal((await get(path)).status, 404);
  });

  it('show a customer’s phone to this machine only', async () => {
    await serve();
    for (const path of ['/phone', '/demo']) {
      assert.equal((await get(path, { 'x-forwarded-for': '203.0.113.9' })).status, 403);
      assert.equal((await get(path, { host: 'bot.example.com' })).status, 403);
    }
    server?.close();
    await serve({ publicUrl: 'https://bot.example.com' });
    assert.equal((await get('/phone')).status, 403);
    assert.equal((await get('/')).status, 200);
  });

  it('say what to do where they were not built', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-pages-'));
    try {
      await serve({ folder });
      const { status, body } = await get('/');
      assert.equal(status, 503);
      assert.match(String(body), /npm run build/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
