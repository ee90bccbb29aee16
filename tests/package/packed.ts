/**
 * `npm run check:package`: what users get by `npm install`. It is no part of `npm test`, whose time it would double.
 *
 * @module
 */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeExamples } from '../examples/plays.ts';
import { serviceAccountOf } from '../support/googleServer.ts';
import { type Installed, installPacked } from './install.ts';
import { compile, entries, importing, surfaceOf } from './surface.ts';

/** What the examples need beside the library. */
const lent = ['botbuilder', '@microsoft/agents-hosting', '@microsoft/agents-activity', 'express'];

describe('the packed library', function () {
  this.timeout(180_000);
  let installed: Installed;
  const load = (name: string) => {
    const { folder } = installed;
    const resolved = name.startsWith('bluetick')
      ? createRequire(join(folder, 'package.json')).resolve(name)
      : join(folder, 'examples', name);
    return import(pathToFileURL(resolved).href);
  };
  before(async () => {
    installed = await installPacked();
    await writeFile(join(installed.folder, 'everything.ts'), importing(entries));
  });
  after(() => installed.remove());

  it('holds the library and what tests of bots need, and no test, console or source', () => {
    const { files, unpackedSize } = installed.packed;
    const others = files.map(({ path }) => path).filter(path => !/^dist\/.*\.(js|d\.ts)$/.test(path));
    assert.deepEqual(others.sort(), ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json']);
    const hosts = files.filter(({ path }) =>
      /^dist\/(?!middleware\/|bot\/(simulator|testing)\/|bot\/isLocal\.)/.test(path),
    );
    assert.deepEqual(hosts, []);
    assert.ok(unpackedSize < 3_000_000, `${unpackedSize} bytes`);
  });

  it('brings few packages, and none of the host', () => {
    assert.deepEqual(installed.tree, [
      '@datadog/sketches-js',
      '@opentelemetry/api',
      '@stablelib/base64',
      'bluetick',
      'cockatiel',
      'fast-sha256',
      'jose',
      'standardwebhooks',
      'undici',
      'zod',
    ]);
  });

  it('says which package is missing where a channel or a store needs one', async () => {
    const bluetick = await load('bluetick');
    const wrong = { code: 'invalid_configuration' };
    assert.throws(
      () =>
        bluetick.createAcsChannel({
          connectionString: 'endpoint=https://a.example/;accessKey=YWJjZGVmZ2g=',
          channelIds: ['0f0eb78e-a576-1dfc-b414-0f0756de3338'],
          webhookSecrets: ['secret'],
        }),
      { ...wrong, message: /npm install @azure-rest\/communication-messages$/ },
    );
    const rbm = {
      agentIds: ['a'],
      serviceAccount: serviceAccountOf('https://oauth2.googleapis.com/token'),
      clientTokens: ['t'],
    };
    assert.throws(() => bluetick.createGoogleChannel({ rbm }), {
      ...wrong,
      message: /npm install google-auth-library$/,
    });
    await assert.rejects(load('bluetick/storage/postgres'), /Cannot find package 'pg'/);
  });

  it('has every entry import what it says, and no other', async () => {
    for (const name of entries.filter(each => !each.endsWith('/postgres')))
      assert.ok(Object.keys(await load(name)).length > 0, name);
    for (const name of [
      'bluetick/dist/middleware/index.js',
      'bluetick/channels/linkedDevice',
      'bluetick/bot',
    ])
      assert.throws(() => createRequire(join(installed.folder, 'package.json')).resolve(name), name);
  });

  it('compiles for users at their strictest, and asks for types of what they chose alone', async () => {
    for (const name of ['@types/node', 'undici-types']) await installed.lend(name);
    const file = join(installed.folder, 'light.ts');
    await writeFile(file, importing(entries.filter(name => name !== 'bluetick/storage/postgres')));
    assert.deepEqual(compile([file]), []);
    for (const name of ['@types/pg', 'pg-types', 'pg-protocol']) await installed.lend(name);
    assert.deepEqual(compile([join(installed.folder, 'everything.ts')]), []);
  });

  it('exports exactly what tests/package/surface.txt says: a name more or less is a change that users see', async () => {
    const file = join(import.meta.dirname, 'surface.txt');
    const surface = surfaceOf(installed.folder);
    // A change on purpose is written down with BLUETICK_WRITE_SURFACE=1.
    if (process.env.BLUETICK_WRITE_SURFACE === '1') await writeFile(file, surface);
    assert.equal(surface, await readFile(file, 'utf8'));
  });

  describe('with what the examples need', () => {
    before(async () => {
      for (const name of lent) await installed.lend(name);
    });
    it('compiles them', () => {
      const files = globSync('examples/**/*.ts', { cwd: installed.folder });
      const options = {
        skipLibCheck: true,
        exactOptionalPropertyTypes: false,
        allowImportingTsExtensions: true,
      };
      assert.deepEqual(
        compile(
          files.map(file => join(installed.folder, file)),
          options,
        ),
        [],
      );
    });
    describeExamples('of the packed library', load);
  });
});
