import assert from 'node:assert/strict';
import { readConfig } from '../../bot/config.ts';
import { type AppSettings, faultsOfSettings, resolveSecrets, settingsIn } from './arm/appSettings.ts';
import { azure } from './arm/azure.ts';
import { cases, channelId, webhookAudience } from './arm/cases.ts';
import { type Layout, layouts, readTemplate, type Template } from './arm/template.ts';

const secrets = {
  BluetickApiKey: 'a-key-for-the-tests-0123456789',
  MicrosoftAppPassword: 'a-password-for-the-tests',
  BluetickEntraClientSecret: 'a-client-secret-for-the-tests',
};

describe('the settings that the templates give the host', () => {
  for (const layout of Object.keys(layouts) as Layout[])
    for (const name of Object.keys(cases)) {
      it(`${layout}, ${name}: are known, and their secrets are in the key vault`, () => {
        const settings = settingsIn(name, layout);
        assert.ok(Object.keys(settings).length > 15);
        assert.deepEqual(faultsOfSettings(settings), []);
      });

      it(`${layout}, ${name}: are such that the host starts with them`, () => {
        const config = readConfig(resolveSecrets(settingsIn(name, layout), secrets));
        assert.equal(config.host, '0.0.0.0');
        assert.equal(config.publicUrl, 'https://contoso-bluetick.azurewebsites.net');
        assert.deepEqual(config.apiKeys, [secrets.BluetickApiKey]);
        assert.equal(config.database?.auth, 'entra');
        assert.match(
          config.database.url,
          /^postgres:\/\/contoso-bluetick-identity@pg-\w+\.postgres\.database\.azure\.com:5432\/bluetick$/,
        );
        assert.equal(config.microsoftApp?.tenantId, azure.tenantId);
      });
    }

  it('turn ACS on with a number, in the name of the managed identity and by Entra’s tokens', () => {
    const { acs } = readConfig(resolveSecrets(settingsIn('with a number'), secrets));
    assert.match(acs?.endpoint ?? '', /^https:\/\/acs-\w+\.europe\.communication\.azure\.com$/);
    assert.deepEqual(acs?.channelIds, [channelId]);
    assert.deepEqual(acs?.webhookToken, { tenantId: azure.tenantId, audiences: [webhookAudience] });
    assert.deepEqual(acs?.webhookSecrets, []);
    assert.equal(readConfig(resolveSecrets(settingsIn('first, without a number'), secrets)).acs, undefined);
  });

  it('make the bot the managed identity, or an app registration with its password', () => {
    const msi = readConfig(resolveSecrets(settingsIn('with a number'), secrets)).microsoftApp;
    assert.equal(msi?.type, 'UserAssignedMSI');
    assert.equal(msi.id, settingsIn('with a number').AZURE_CLIENT_ID);
    const name = 'with an app registration, a sign-in, a plan and networks that are there';
    const config = readConfig(resolveSecrets(settingsIn(name), secrets));
    assert.equal(config.microsoftApp?.type, 'SingleTenant');
    assert.equal(config.microsoftApp.password, secrets.MicrosoftAppPassword);
    assert.equal(config.signIn.entra?.client?.secret, secrets.BluetickEntraClientSecret);
    assert.equal(config.logLevel, 'debug');
  });

  it('are refused while a secret is not in the key vault: the reference itself is no key', () => {
    for (const [name, missing] of [
      ['with a number', 'BluetickApiKey'],
      ['with an app registration, a sign-in, a plan and networks that are there', 'MicrosoftAppPassword'],
    ] as const) {
      const { [missing]: _none, ...others } = secrets;
      assert.throws(() => readConfig(resolveSecrets(settingsIn(name), others)), {
        code: 'invalid_configuration',
        message: /^(BLUETICK_API_KEY|MicrosoftAppPassword): it holds a reference to a secret/,
      });
    }
    const env = { BLUETICK_API_KEY: ' @Microsoft.AppConfiguration(Endpoint=https://x.azconfig.io; Key=key)' };
    assert.throws(() => readConfig(env), { field: 'BLUETICK_API_KEY' });
  });

  const planted: readonly [what: string, settings: AppSettings, fault: RegExp][] = [
    [
      'a name that bot/config.ts does not know',
      { BLUETICK_APIKEY: 'x' },
      /^BLUETICK_APIKEY: nothing reads it$/,
    ],
    ['a secret that stands there', { META_APP_SECRET: 'abc' }, /^META_APP_SECRET: it is a secret/],
    [
      'a reference that is none',
      { BLUETICK_API_KEY: '@Microsoft.KeyVault(Secret=x)' },
      /^BLUETICK_API_KEY: it is a secret/,
    ],
    [
      'a password in an address',
      { DATABASE_URL: 'postgres://user:word@host/db' },
      /^DATABASE_URL: it holds a password$/,
    ],
  ];
  for (const [what, settings, fault] of planted)
    it(`are looked at for ${what}`, () => assert.match(faultsOfSettings(settings).join('\n'), fault));

  it('are looked at for a misspelt name in the template', () => {
    const text = JSON.stringify(readTemplate('BotApp', 'with-rg')).replace(
      '"BLUETICK_MODE"',
      '"BLUETICK_MODUS"',
    );
    const settings = settingsIn('with a number', 'with-rg', JSON.parse(text) as Template);
    assert.deepEqual(faultsOfSettings(settings), ['BLUETICK_MODUS: nothing reads it']);
  });
});
