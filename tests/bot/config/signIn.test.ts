import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { BluetickError } from '../../../middleware/errors.ts';

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const secret = 'the-client-secret-0123456789';
const entra = {
  BLUETICK_ENTRA_TENANT_ID: tenant,
  BLUETICK_ENTRA_CLIENT_ID: 'the-client',
  BLUETICK_ENTRA_CLIENT_SECRET: secret,
};
const read = (settings: NodeJS.ProcessEnv) => readConfig(settings).signIn;

function assertRefused(settings: NodeJS.ProcessEnv, field: string, words: RegExp): void {
  assert.throws(
    () => read(settings),
    (error: unknown) => {
      assert.ok(error instanceof BluetickError);
      assert.deepEqual([error.code, error.field], ['invalid_configuration', field]);
      assert.match(error.message, words);
      assert.ok(!error.message.includes(secret));
      return true;
    },
  );
}

describe('the settings of signing in', () => {
  it('have the key alone by default, and half an hour', () => {
    assert.deepEqual(read({}), { idleMs: 1_800_000, entra: undefined });
    assert.equal(read({ BLUETICK_SESSION_IDLE_MINUTES: '5' }).idleMs, 300_000);
    assert.equal(read({ BLUETICK_SESSION_IDLE_MINUTES: '480' }).idleMs, 28_800_000);
  });

  for (const minutes of ['4', '481', '0', '-5', '7.5', 'x', '1e2'])
    it(`refuse an idle time of ${minutes}`, () =>
      assertRefused(
        { BLUETICK_SESSION_IDLE_MINUTES: minutes },
        'BLUETICK_SESSION_IDLE_MINUTES',
        /allowed: whole minutes from 5 to 480/,
      ));

  it('read a tenant, with Entra ID’s own address, and the id as tokens have it', () => {
    assert.deepEqual(read({ ...entra, BLUETICK_ENTRA_TENANT_ID: tenant.toUpperCase() }).entra, {
      tenantId: tenant,
      authority: `https://login.microsoftonline.com/${tenant}/v2.0`,
      client: { id: 'the-client', secret },
      audiences: [],
    });
  });

  it('read a tenant whose tokens are taken, and nothing else', () => {
    const set = { BLUETICK_ENTRA_TENANT_ID: tenant, BLUETICK_ENTRA_AUDIENCE: 'api://a, b' };
    const { client, audiences } = read(set).entra ?? {};
    assert.deepEqual([client, audiences], [undefined, ['api://a', 'b']]);
  });

  for (const name of Object.keys(entra) as (keyof typeof entra)[])
    it(`refuse a tenant without ${name}, and name it`, () =>
      assertRefused({ ...entra, [name]: '' }, name, new RegExp(`Missing: ${name}\\.`)));

  it('refuse one of them alone, and name all that is missing', () => {
    assertRefused(
      { BLUETICK_ENTRA_CLIENT_ID: 'x' },
      'BLUETICK_ENTRA_TENANT_ID',
      /Missing: BLUETICK_ENTRA_TENANT_ID, BLUETICK_ENTRA_CLIENT_SECRET\./,
    );
    assertRefused({ BLUETICK_ENTRA_AUDIENCE: 'x' }, 'BLUETICK_ENTRA_TENANT_ID', /Missing/);
    assertRefused({ BLUETICK_ENTRA_TENANT_ID: tenant }, 'BLUETICK_ENTRA_CLIENT_ID', /Missing/);
  });

  for (const several of ['common', 'organizations', 'consumers', 'contoso.onmicrosoft.com'])
    it(`refuse ${several}, which is not one tenant by its id`, () =>
      assertRefused({ ...entra, BLUETICK_ENTRA_TENANT_ID: several }, 'BLUETICK_ENTRA_TENANT_ID', /GUID/));

  it('take an authority by https, and by http on loopback only', () => {
    const authority = (url: string) => ({ ...entra, BLUETICK_ENTRA_AUTHORITY: url });
    assert.equal(read(authority('http://127.0.0.1:9/')).entra?.authority, 'http://127.0.0.1:9');
    assert.equal(
      read(authority('https://login.example/v2.0')).entra?.authority,
      'https://login.example/v2.0',
    );
    assertRefused(authority('http://login.example'), 'BLUETICK_ENTRA_AUTHORITY', /https/);
  });

  it('need an address to bring people back to where the host is not on loopback', () => {
    const open = { ...entra, HOST: '0.0.0.0', BLUETICK_API_KEY: 'x'.repeat(16) };
    assertRefused(open, 'PUBLIC_URL', /brings people back/);
    assertRefused({ ...open, PUBLIC_URL: 'http://bot.example.com' }, 'PUBLIC_URL', /https/);
    assert.ok(read({ ...open, PUBLIC_URL: 'https://bot.example.com' }).entra);
    const tokensOnly = { ...open, BLUETICK_ENTRA_CLIENT_ID: '', BLUETICK_ENTRA_CLIENT_SECRET: '' };
    assert.ok(read({ ...tokensOnly, BLUETICK_ENTRA_AUDIENCE: 'x' }).entra);
  });
});
