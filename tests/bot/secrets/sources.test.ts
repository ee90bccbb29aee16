import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSources, settingNames } from '../../../bot/config.ts';
import { keyVault } from '../../../bot/secrets/keyVault.ts';
import { changesOf, liveSettings } from '../../../bot/secrets/liveSettings.ts';
import type { SecretSource } from '../../../bot/secrets/secretSource.ts';
import { openSecrets } from '../../../bot/secrets/secrets.ts';
import { settingNamed } from '../../../bot/secrets/settingNamed.ts';
import { type KeyVaultStandIn, startKeyVault } from '../../support/keyVaultStandIn.ts';
import { nobody } from '../../support/standIn.ts';

const token = 'the-token-of-the-identity';
const everything = () => true;

describe('the folder of secrets', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-folder-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const open = (env: NodeJS.ProcessEnv = {}) =>
    openSecrets({ config: { folder, keyVaultUrl: undefined }, env, names: settingNames });

  it('holds one setting a file, which wins over the environment; the rest is left aside', async () => {
    await writeFile(join(folder, 'META_APP_SECRET'), 'from the folder\r\n');
    await writeFile(join(folder, 'meta-verify-token'), ' with spaces ');
    await writeFile(join(folder, 'no-setting-of-ours'), Buffer.from([0xff]));
    await writeFile(join(folder, '.META_ACCESS_TOKEN'), 'hidden');
    await mkdir(join(folder, 'WAHA_API_KEY'));
    // Other programs have one too.
    await writeFile(join(folder, 'host'), 'db.example');
    const secrets = await open({ META_APP_SECRET: 'from the environment', HOST: '127.0.0.1' });
    assert.deepEqual(await secrets.read(), {
      META_APP_SECRET: 'from the folder',
      META_VERIFY_TOKEN: ' with spaces ',
      HOST: '127.0.0.1',
    });
  });

  it('takes a setting out of the environment for good: what was revoked does not come back from there', async () => {
    const file = join(folder, 'META_APP_SECRET');
    await writeFile(file, 'the one of today');
    const secrets = await open({ META_APP_SECRET: 'the one that was revoked', HOST: '127.0.0.1' });
    const started = await secrets.read();
    await rm(file);
    const read = await secrets.read();
    assert.deepEqual(read, { HOST: '127.0.0.1' });
    assert.deepEqual(changesOf(started, read, settingNames), { live: [], later: ['META_APP_SECRET'] });
  });

  const faults: readonly [what: string, content: Buffer, because: RegExp][] = [
    ['is not UTF-8', Buffer.from([0xff, 0xfe]), /^BLUETICK_SECRETS: the file META_APP_SECRET is not UTF-8$/],
    ['is no secret, as long as it is', Buffer.alloc(64 * 1024 + 1, 'a'), /larger than 65536 bytes/],
  ];
  for (const [what, content, message] of faults)
    it(`is refused where a file ${what}`, async () => {
      await writeFile(join(folder, 'META_APP_SECRET'), content);
      const secrets = await open();
      await assert.rejects(secrets.read(), {
        code: 'invalid_configuration',
        field: 'BLUETICK_SECRETS',
        message,
      });
    });

  it('is refused where two files mean one setting', async () => {
    await writeFile(join(folder, 'META_APP_SECRET'), 'one');
    await writeFile(join(folder, 'meta-app-secret'), 'another');
    const secrets = await open();
    await assert.rejects(secrets.read(), { message: /^BLUETICK_SECRETS: META_APP_SECRET is there twice/ });
  });

  it('is refused where it is not there, without its path', async () => {
    const secrets = await openSecrets({
      config: { folder: join(folder, 'nowhere'), keyVaultUrl: undefined },
      env: {},
      names: settingNames,
    });
    await assert.rejects(secrets.read(), { message: 'BLUETICK_SECRETS: the folder cannot be read (ENOENT)' });
  });
});

describe('the key vault', () => {
  let vault: KeyVaultStandIn;
  let source: SecretSource;
  /** What tokens were asked for. */
  let scopes: string[];
  const identity = {
    async getToken(scope: string) {
      scopes.push(scope);
      return { token };
    },
  };
  before(async () => {
    vault = await startKeyVault(token);
  });
  beforeEach(() => {
    vault.secrets.clear();
    vault.disabled.clear();
    vault.trouble = undefined;
    vault.nextOrigin = undefined;
    scopes = [];
    source = keyVault(new URL(vault.origin), identity);
  });
  afterEach(() => source.close());
  after(() => vault.close());

  it('is read page by page, and only what is wanted of it', async () => {
    for (let number = 0; number < 5; number += 1) vault.secrets.set(`another-${number}`, 'of no use here');
    vault.secrets.set('MetaAppSecret', 'the app secret');
    vault.secrets.set('META-ACCESS-TOKEN', 'the access token');
    const before = vault.calls.length;
    const secrets = await openSecrets({
      config: { folder: undefined, keyVaultUrl: new URL(vault.origin) },
      env: {},
      names: settingNames,
      identity,
    });
    assert.deepEqual(await secrets.read(), {
      META_APP_SECRET: 'the app secret',
      META_ACCESS_TOKEN: 'the access token',
    });
    await secrets.close();
    const paths = vault.calls.slice(before).map(({ path }) => new URL(path, vault.origin).pathname);
    assert.deepEqual(paths.slice(0, 4), ['/secrets', '/secrets', '/secrets', '/secrets']);
    assert.deepEqual(paths.slice(4).sort(), ['/secrets/META-ACCESS-TOKEN', '/secrets/MetaAppSecret']);
    assert.deepEqual([...new Set(scopes)], ['https://vault.azure.net/.default']);
  });

  it('does not hold what is disabled', async () => {
    vault.secrets.set('MetaAppSecret', 'the app secret');
    vault.disabled.add('MetaAppSecret');
    assert.deepEqual(await source.read(everything), new Map());
  });

  it('may name no other host for its next page: the token would go there', async () => {
    for (const name of ['a', 'b', 'c']) vault.secrets.set(name, 'x');
    vault.nextOrigin = 'https://attacker.example';
    await assert.rejects(source.read(everything), {
      message: 'KEY_VAULT_URL: the key vault names another host for its next page',
    });
  });

  const troubles: readonly [what: string, trouble: KeyVaultStandIn['trouble'], message: RegExp][] = [
    [
      'does not let us in',
      { status: 403, body: { error: { message: 'Caller: appid=…' } } },
      /HTTP 403.*Key Vault Secrets User\?$/,
    ],
    ['is throttled', { status: 429, body: {} }, /did not answer as it should \(HTTP 429\)$/],
    [
      'is not what it seems to be',
      { status: 200, body: '<html>' },
      /did not answer as it should \(HTTP 200\)$/,
    ],
    ['breaks off', 'drop', /does not answer \(network\)$/],
  ];
  for (const [what, trouble, message] of troubles)
    it(`cannot be read where it ${what}; the reason shows nothing of its answer`, async () => {
      vault.trouble = trouble;
      const rejected = { code: 'invalid_configuration', field: 'KEY_VAULT_URL', message };
      await assert.rejects(source.read(everything), rejected);
    });

  it('cannot be read by who gets no token, with a token of somebody else, nor where nobody answers', async () => {
    const url = new URL(vault.origin);
    const none = keyVault(url, { getToken: () => Promise.reject(new Error('no managed identity')) });
    await assert.rejects(none.read(everything), { message: /no identity here, or it gets no token$/ });
    const foreign = keyVault(url, { getToken: async () => ({ token: 'another' }) });
    await assert.rejects(foreign.read(everything), { message: /HTTP 401/ });
    const away = keyVault(new URL(await nobody()), identity);
    await assert.rejects(away.read(everything), { message: /^KEY_VAULT_URL: the key vault does not answer/ });
    const atOnce = {
      after(_ms: number, fire: () => void) {
        queueMicrotask(fire);
        return () => {};
      },
    };
    const silent = keyVault(url, { getToken: () => new Promise(() => {}) }, atOnce);
    await assert.rejects(silent.read(everything), { message: /no identity here, or it gets no token$/ });
    await Promise.all([none.close(), foreign.close(), away.close(), silent.close()]);
  });

  it('is found by https, or on loopback: a token goes nowhere else', () => {
    assert.equal(
      readSources({ KEY_VAULT_URL: 'https://kv.vault.azure.net/' }).keyVaultUrl?.host,
      'kv.vault.azure.net',
    );
    for (const KEY_VAULT_URL of ['http://kv.vault.azure.net', 'https://kv.vault.azure.net/?a=b', 'kv'])
      assert.throws(() => readSources({ KEY_VAULT_URL }), { field: 'KEY_VAULT_URL' });
    assert.equal(readSources({}).everyMs, 60_000);
    assert.equal(readSources({ BLUETICK_SECRETS_SECONDS: '5' }).everyMs, 5000);
    assert.throws(() => readSources({ BLUETICK_SECRETS_SECONDS: '4' }), {
      field: 'BLUETICK_SECRETS_SECONDS',
    });
  });
});

describe('the settings that secrets are', () => {
  it('have names that differ by more than case and punctuation', () => {
    const find = settingNamed(settingNames);
    assert.deepEqual(settingNames.map(find), settingNames);
  });

  it('take effect as the host runs, but for three', () => {
    const secret = /KEY$|TOKEN$|SECRET$|CONNECTION_STRING$|Password$|SERVICE_ACCOUNT_FILE$|DATABASE_URL$/;
    const later = settingNames.filter(name => secret.test(name) && !liveSettings.includes(name));
    assert.deepEqual(later.sort(), [
      'APPLICATIONINSIGHTS_CONNECTION_STRING',
      'DATABASE_URL',
      'MicrosoftAppPassword',
    ]);
    assert.deepEqual(
      liveSettings.filter(name => !settingNames.includes(name)),
      [],
    );
  });

  it('take a restart where they appear or vanish', () => {
    const [set, unset, other] = [
      { META_APP_SECRET: 'a' },
      { META_APP_SECRET: ' ' },
      { META_APP_SECRET: 'b' },
    ];
    const names = ['META_APP_SECRET'];
    assert.deepEqual(changesOf(set, other, names), { live: names, later: [] });
    assert.deepEqual(changesOf(set, unset, names), { live: [], later: names });
    assert.deepEqual(changesOf(unset, set, names), { live: [], later: names });
    assert.deepEqual(changesOf(unset, {}, names), { live: [], later: [] });
  });
});
