import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, settingNames } from '../../bot/config.ts';
import { acs, key, meta, refusal } from './config/samples.ts';

describe('the settings', () => {
  it('have defaults for all', () => {
    const { templates, ...settings } = readConfig({});
    assert.deepEqual(
      templates.map(({ name }) => name),
      ['bicycle_ready', 'repair_quote', 'resume_conversation'],
    );
    assert.deepEqual(settings, {
      port: 3978,
      host: '127.0.0.1',
      publicUrl: undefined,
      dataFolder: './data',
      database: undefined,
      mode: 'gateway',
      apiKeys: undefined,
      proxies: 0,
      requestsPerSecond: 100,
      policyBook: {},
      logLevel: 'info',
      acs: undefined,
      meta: undefined,
      twilio: undefined,
      twilioForward: undefined,
      google: undefined,
      waha: undefined,
      wawp: undefined,
      simulator: true,
      dataverse: undefined,
      corsOrigins: [],
      relay: undefined,
      retentionDays: undefined,
      monitoring: undefined,
      signIn: { idleMs: 1_800_000, entra: undefined },
      microsoftApp: undefined,
      allowedCallers: [],
      ways: { sms: undefined, voice: undefined, hooks: undefined },
    });
  });

  it('count as not set where they are empty, as in a copied sample', () => {
    const empty = settingNames;
    assert.deepEqual(readConfig(Object.fromEntries(empty.map(name => [name, '']))), readConfig({}));
  });

  it('are all read', () => {
    const config = readConfig({
      ...acs,
      ...meta,
      ACS_API_VERSION: '2027-01-01-preview',
      PORT: '8080',
      HOST: '10.0.0.5',
      PUBLIC_URL: 'https://bot.example.com',
      BLUETICK_DATA: '/var/lib/bluetick',
      DATABASE_URL: 'postgres://blue@db.example.com/tick',
      DATABASE_AUTH: 'entra',
      DATABASE_CONNECTIONS: '20',
      BLUETICK_MODE: 'sidecar',
      BLUETICK_RETENTION_DAYS: '90',
      BLUETICK_API_KEY: key,
      BLUETICK_PROXIES: '2',
      BLUETICK_REQUESTS_PER_SECOND: '250',
      LOG_LEVEL: 'debug',
      META_GRAPH_URL: 'http://127.0.0.1:9/v25.0',
      MicrosoftAppType: 'SingleTenant',
      MicrosoftAppId: 'app-id',
      MicrosoftAppPassword: 'app-s3cret',
      MicrosoftAppTenantId: 'tenant-id',
      HOME: '/root',
    });
    assert.deepEqual(config, {
      port: 8080,
      host: '10.0.0.5',
      publicUrl: 'https://bot.example.com',
      dataFolder: '/var/lib/bluetick',
      database: { url: 'postgres://blue@db.example.com/tick', auth: 'entra', connections: 20 },
      mode: 'sidecar',
      apiKeys: [key],
      proxies: 2,
      requestsPerSecond: 250,
      policyBook: {},
      logLevel: 'debug',
      acs: {
        connectionString: acs.ACS_CONNECTION_STRING,
        channelIds: [acs.ACS_CHANNEL_ID],
        receiptsApiVersion: '2027-01-01-preview',
        webhookSecrets: ['webhook-s3cret-0123456789'],
      },
      google: undefined,
      waha: undefined,
      wawp: undefined,
      simulator: false,
      meta: {
        accessToken: 'EAAG-token',
        phoneNumberIds: ['106540352242922'],
        appSecrets: ['app-s3cret'],
        verifyToken: 'verify-w0rd',
        graphUrl: 'http://127.0.0.1:9/v25.0',
      },
      twilio: undefined,
      twilioForward: undefined,
      dataverse: undefined,
      corsOrigins: [],
      relay: undefined,
      retentionDays: 90,
      monitoring: undefined,
      signIn: { idleMs: 1_800_000, entra: undefined },
      templates: [],
      microsoftApp: { type: 'SingleTenant', id: 'app-id', password: 'app-s3cret', tenantId: 'tenant-id' },
      allowedCallers: [],
      ways: { sms: undefined, voice: undefined, hooks: undefined },
    });
  });

  it('may have blanks around them', () => {
    const config = readConfig({
      HOST: ' localhost ',
      BLUETICK_DATA: ' ./here ',
      BLUETICK_API_KEY: key,
      ...meta,
      META_ACCESS_TOKEN: ' EAAG-token\n',
      META_VERIFY_TOKEN: ' verify-w0rd ',
    });
    assert.deepEqual([config.host, config.dataFolder], ['localhost', './here']);
    assert.deepEqual([config.meta?.accessToken, config.meta?.verifyToken], ['EAAG-token', 'verify-w0rd']);
  });

  for (const [given, read] of [
    ['https://bot.example.com/', 'https://bot.example.com'],
    ['https://bot.example.com///', 'https://bot.example.com'],
    ['https://example.com/bot/', 'https://example.com/bot'],
    ['http://127.0.0.1:3978', 'http://127.0.0.1:3978'],
  ]) {
    it(`have ${given} as the public address ${read}`, () =>
      assert.equal(readConfig({ PUBLIC_URL: given }).publicUrl, read));
  }

  it('open the host to the world with a real channel only, unless they say otherwise', () => {
    const withKey = { BLUETICK_API_KEY: key };
    assert.equal(readConfig(withKey).host, '127.0.0.1');
    assert.equal(readConfig({ ...withKey, ...meta }).host, '0.0.0.0');
    assert.equal(readConfig({ ...withKey, ...meta, HOST: '127.0.0.1' }).host, '127.0.0.1');
    assert.equal(readConfig({ ...withKey, ...acs }).host, '0.0.0.0');
    assert.equal(readConfig({ ...withKey, HOST: '0.0.0.0' }).host, '0.0.0.0');
  });

  describe('of the API key', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1']) {
      it(`may be left out on ${host} while the simulator is the only channel`, () =>
        assert.equal(readConfig({ HOST: host }).apiKeys, undefined));
    }
    for (const host of [
      '0.0.0.0',
      '::',
      '10.0.0.5',
      'bot.example.com',
      '127.0.0.1.example.com',
      '127.example',
    ]) {
      it(`must be there on ${host}`, () => assert.equal(refusal({ HOST: host }).field, 'BLUETICK_API_KEY'));
    }
    it('must be there with a real channel, also on loopback', () => {
      for (const channel of [acs, meta]) {
        const error = refusal({ ...channel, HOST: '127.0.0.1' });
        assert.equal(error.field, 'BLUETICK_API_KEY');
        assert.match(error.message, /real channel.*16 characters or more/);
      }
    });
    it('needs sixteen characters', () => {
      assert.deepEqual(readConfig({ BLUETICK_API_KEY: 'x'.repeat(16) }).apiKeys, ['x'.repeat(16)]);
      const error = refusal({ BLUETICK_API_KEY: 'x'.repeat(15) });
      assert.equal(error.field, 'BLUETICK_API_KEY');
      assert.match(error.message, /^BLUETICK_API_KEY: allowed: 16 characters or more, or several such keys/);
    });
    it('may be several, while one is rotated, each of sixteen characters', () => {
      const [next, old] = ['n'.repeat(16), 'o'.repeat(20)];
      assert.deepEqual(readConfig({ BLUETICK_API_KEY: ` ${next}, ${old}` }).apiKeys, [next, old]);
      assert.equal(refusal({ BLUETICK_API_KEY: `${next},${'o'.repeat(15)}` }).field, 'BLUETICK_API_KEY');
    });
  });

  describe('that cannot be', () => {
    const table: readonly [env: NodeJS.ProcessEnv, message: RegExp][] = [
      [{ PORT: 'eighty' }, /^PORT: allowed: a number from 0 to 65535/],
      [{ PORT: '65536' }, /^PORT: .*65535/],
      [{ PORT: '-1' }, /^PORT: /],
      [{ PORT: '80.5' }, /^PORT: /],
      [{ PUBLIC_URL: 'bot.example.com' }, /^PUBLIC_URL: /],
      [{ PUBLIC_URL: 'ftp://bot.example.com' }, /^PUBLIC_URL: /],
      [{ META_GRAPH_URL: 'graph' }, /^META_GRAPH_URL: /],
      [{ BLUETICK_MODE: 'proxy' }, /^BLUETICK_MODE: .*gateway.*sidecar/],
      [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: .*info/],
      [{ DATABASE_URL: 'mysql://u:p@h/d' }, /^DATABASE_URL: .*PostgreSQL/],
      [{ DATABASE_URL: 'postgres://u:p@h/d', DATABASE_AUTH: 'entra' }, /^DATABASE_URL: it holds a password/],
      [{ DATABASE_AUTH: 'entra' }, /^DATABASE_AUTH: .*with DATABASE_URL/],
      [{ BLUETICK_RETENTION_DAYS: '0' }, /^BLUETICK_RETENTION_DAYS: allowed: a number from 1 to 3650/],
      [{ DATABASE_CONNECTIONS: '2' }, /^DATABASE_CONNECTIONS: allowed: a number from 4 to 100/],
      [{ ACS_ENDPOINT: 'contoso' }, /^ACS_ENDPOINT: Invalid URL/],
      [{ TWILIO_MESSAGING_API: 'v1' }, /^TWILIO_MESSAGING_API: .*v2.*v3/],
      [{ TWILIO_MESSAGING_URL: 'x' }, /^TWILIO_MESSAGING_URL: Invalid URL/],
      [{ TWILIO_COMPLIANCE: 'gdpr' }, /^TWILIO_COMPLIANCE: .*hipaa.*pci/],
      [{ WAWP_API_URL: 'x' }, /^WAWP_API_URL: Invalid URL/],
      [{ WAHA_URL: 'x' }, /^WAHA_URL: Invalid URL/],
    ];
    for (const [env, message] of table) {
      it(`are refused by name: ${JSON.stringify(env)}`, () => {
        const error = refusal(env);
        assert.equal(error.field, Object.keys(env)[0]);
        assert.match(error.message, message);
      });
    }

    it('are never told by their value', () => {
      const secret = 's3cret-value-that-nobody-may-see';
      const names = [
        'PORT',
        'PUBLIC_URL',
        'BLUETICK_MODE',
        'LOG_LEVEL',
        'META_GRAPH_URL',
        'META_ACCESS_TOKEN',
        'META_APP_SECRET',
        'META_VERIFY_TOKEN',
        'DATABASE_URL',
        'TWILIO_AUTH_TOKEN',
        'BLUETICK_HOOK_SECRET',
        'BLUETICK_ALLOWED_HOOKS',
        'ACS_CONNECTION_STRING',
        'MicrosoftAppType',
        'MicrosoftAppPassword',
      ];
      for (const name of names) {
        const error = refusal({ [name]: secret });
        assert.doesNotMatch(`${error.message} ${error.stack}`, /s3cret/, name);
        assert.equal(error.cause, undefined, name);
      }
      const short = refusal({ BLUETICK_API_KEY: 's3cret' });
      assert.doesNotMatch(`${short.message} ${short.stack}`, /s3cret/);
    });
  });

  describe('of the policy', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'bluetick-config-'));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('name a file, which is read', () => {
      const path = join(folder, 'policy.json');
      const book = { default: { read: { when: 'manual' } } };
      writeFileSync(path, JSON.stringify(book));
      assert.deepEqual(readConfig({ BLUETICK_POLICY: path }).policyBook, book);
    });

    it('are refused where there is no such file', () => {
      const path = join(folder, 'none.json');
      const error = refusal({ BLUETICK_POLICY: path });
      assert.equal(error.field, 'BLUETICK_POLICY');
      assert.equal(error.message, `BLUETICK_POLICY: it cannot be read: ${path}`);
    });

    it('are refused where they name a folder', () => {
      assert.match(refusal({ BLUETICK_POLICY: folder }).message, /it cannot be read/);
    });

    it('are refused where the file is not JSON, without a word of what it holds', () => {
      const path = join(folder, 'policy.json');
      writeFileSync(path, '{ "default": s3cret }');
      const error = refusal({ BLUETICK_POLICY: path });
      assert.equal(error.message, `BLUETICK_POLICY: it is not JSON: ${path}`);
    });
  });
});
