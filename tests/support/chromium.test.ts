import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium } from './chromium.ts';
import { need } from './needs.ts';

describe('a Chromium on the PATH', () => {
  let folder: string;
  let path: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-path-'));
    const [empty, chrome, debian] = ['empty', 'chrome', 'debian'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ];
    path = [empty, '', chrome, debian].join(delimiter);
    for (const place of [empty, chrome, debian]) await mkdir(place);
    await writeFile(join(empty, 'chromium'), 'no program', { mode: 0o644 });
    await writeFile(join(chrome, 'google-chrome'), '', { mode: 0o755 });
    await writeFile(join(debian, 'chromium'), '', { mode: 0o755 });
  });
  after(() => rm(folder, { recursive: true }));

  it('is found by its usual names, Chromium first', () => {
    assert.equal(findChromium(path), join(folder, 'debian', 'chromium'));
    assert.equal(findChromium(join(folder, 'chrome')), join(folder, 'chrome', 'google-chrome'));
  });

  it('is not found where there is none, or nothing that can be run', () => {
    for (const none of ['', join(folder, 'empty'), join(folder, 'missing')])
      assert.equal(findChromium(none), undefined);
  });
});

describe('the Chromium of the tests', function () {
  this.timeout(20_000);
  let server: Server;
  let browser: Browser | undefined;
  before(async function () {
    browser = await launchChromium(need(this, findChromium(), 'Chromium or Chrome on the PATH'));
    server = createServer((_request, response) => response.end('this machine')).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  it('reaches this machine and nothing else', async () => {
    const page = await browser?.newPage();
    const { port } = server.address() as AddressInfo;
    for (const host of ['localhost', '127.0.0.1'])
      assert.equal(await (await page?.goto(`http://${host}:${port}/`))?.text(), 'this machine');
    // An address and a name that are kept for documents (RFC 5737, RFC 2606).
    for (const elsewhere of ['http://192.0.2.1/', 'https://www.example.com/'])
      await assert.rejects(async () => page?.goto(elsewhere), /ERR_NAME_NOT_RESOLVED/);
  });
});
