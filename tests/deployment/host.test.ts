import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { deliver, inGridSchema, receivedEvent, validationEvent } from '../support/acsEvents.ts';
import { type AcsStandIn, startAcsStandIn } from '../support/acsStandIn.ts';
import { type AppServiceIdentity, startAppServiceIdentity } from '../support/appServiceIdentity.ts';
import { type CallServer, decodeJson, serveCalls } from '../support/callServer.ts';
import { type EntraTenant, startEntraTenant } from '../support/entraTenant.ts';
import { failToStart, type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { type KeyVaultStandIn, startKeyVault } from '../support/keyVaultStandIn.ts';
import { testDatabase } from '../support/postgres.ts';
import { resolveSecrets, settingsOf } from './arm/appSettings.ts';
import { azure } from './arm/azure.ts';
import { channelId, parametersOf, webhookAudience } from './arm/cases.ts';
import { type Deployed, deploy } from './arm/deploy.ts';
import { type Json, readTemplate, templatesFolder } from './arm/template.ts';

const secrets = { BluetickApiKey: 'a-key-for-the-tests-0123456789' };

const app = deploy(readTemplate('BotApp', 'with-rg'), parametersOf('with a number', 'BotApp', 'with-rg'));
const bot = deploy(readTemplate('AzureBot', 'with-rg'), parametersOf('with a number', 'AzureBot', 'with-rg'));
const find = ({ resources }: { resources: readonly Deployed[] }, type: string) => {
  const found = resources.find(one => one.type === type);
  assert.ok(found, type);
  return found.resource.properties as Record<string, Json>;
};

describe('a host with the settings of the templates', function () {
  this.timeout(40_000);
  const settings = settingsOf(app);
  /** The path of an address of ours, on the host that runs here. */
  const here = (address: string) => {
    assert.ok(address.startsWith(`${settings.PUBLIC_URL}/`), address);
    return host.url + address.slice(String(settings.PUBLIC_URL).length);
  };
  let folder: string;
  let identity: AppServiceIdentity;
  let tenant: EntraTenant;
  let acs: AcsStandIn;
  let vault: KeyVaultStandIn;
  /** Takes what Application Insights would. */
  let collector: CallServer;
  let host: HostProcess;
  /** What takes Azure's place: nothing else of the settings is changed. */
  let replaced: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-deployment-'));
    identity = await startAppServiceIdentity(String(settings.AZURE_CLIENT_ID));
    tenant = await startEntraTenant({ tenantId: azure.tenantId });
    acs = await startAcsStandIn({
      channelIds: [channelId],
      token: identity.tokenFor('https://communication.azure.com'),
    });
    vault = await startKeyVault(identity.tokenFor('https://vault.azure.net'));
    for (const [name, value] of Object.entries(secrets)) vault.secrets.set(name, value);
    collector = await serveCalls(decodeJson, () => ({ status: 200, body: {} }));
    replaced = {
      ...identity.settings,
      DATABASE_URL: await databaseFor(String(settings.DATABASE_URL)),
      KEY_VAULT_URL: vault.origin,
      ACS_ENDPOINT: acs.origin,
      ACS_WEBHOOK_METADATA_URL: tenant.metadataUrl,
      APPLICATIONINSIGHTS_CONNECTION_STRING: String(settings.APPLICATIONINSIGHTS_CONNECTION_STRING).replace(
        /(?<=IngestionEndpoint=)[^;]+/,
        `${collector.origin}/`,
      ),
      // The exporter's figures about itself, which would go to Microsoft.
      APPLICATION_INSIGHTS_NO_STATSBEAT: '1',
      BLUETICK_DATA: folder,
    };
    host = await startHostProcess({ ...resolveSecrets(settings, secrets), ...replaced });
  });
  after(async () => {
    const code = await host?.end('SIGTERM');
    await Promise.all([identity.close(), tenant.close(), acs.close(), vault.close(), collector.close()]);
    await rm(folder, { recursive: true });
    assert.equal(code, 0);
  });

  /**
   * The database at an address like the templates', here: with a user named as the identity whose password is the token, and
   * who may do what the readme lets it do.
   */
  async function databaseFor(address: string): Promise<string> {
    const [there, local] = [new URL(address), new URL(await testDatabase())];
    const name = decodeURIComponent(there.username);
    const token = identity.tokenFor('https://ossrdbms-aad.database.windows.net');
    const client = new pg.Client(local.href);
    await client.connect();
    // In the place of `pgaadauth_create_principal`.
    await client.query(`CREATE ROLE "${name}" LOGIN PASSWORD '${token}'`);
    const readme = readFileSync(join(templatesFolder, 'README.md'), 'utf8');
    const [, sql = ''] = /```sql\n([^`]+)```/.exec(readme) ?? [];
    assert.match(sql, /GRANT/);
    const database = local.pathname.slice(1);
    await client.query(
      sql.replaceAll('DATABASE bluetick', `DATABASE ${database}`).replaceAll('$IDENTITY', name),
    );
    await client.end();
    local.username = there.username;
    local.password = '';
    return local.href;
  }

  it('is ready: it has a token for the database, and has made its tables there', async () => {
    const { healthCheckPath } = find(app, 'Microsoft.Web/sites').siteConfig as { healthCheckPath: string };
    const answer = await fetch(host.url + healthCheckPath);
    assert.deepEqual([answer.status, await answer.json()], [200, { status: 'ok', store: 'ok' }]);
    assert.match(host.output(), /data in PostgreSQL/);
  });

  it('answers Event Grid, which proves itself by a token for the audience, at the subscription’s address', async () => {
    const { destination } = find(bot, 'Microsoft.EventGrid/systemTopics/eventSubscriptions');
    const { properties } = destination as { properties: Record<string, string> };
    assert.equal(properties.azureActiveDirectoryApplicationIdOrUri, webhookAudience);
    assert.equal(properties.azureActiveDirectoryTenantId, azure.tenantId);
    const address = here(String(properties.endpointUrl));
    const body = inGridSchema([validationEvent('a-code')]);
    const stranger = await deliver(address, body, { about: 'SubscriptionValidation' });
    assert.equal(stranger.status, 401);
    const headers = { authorization: `Bearer ${await tenant.token({ audience: webhookAudience })}` };
    const answer = await deliver(address, body, { about: 'SubscriptionValidation', headers });
    assert.deepEqual([answer.status, await answer.json()], [200, { validationResponse: 'a-code' }]);
  });

  it('takes a message, and answers it and marks it read in the identity’s name', async () => {
    const { destination } = find(bot, 'Microsoft.EventGrid/systemTopics/eventSubscriptions');
    const { endpointUrl } = (destination as { properties: Record<string, string> }).properties;
    const [from, messageId] = ['4915550200001', acs.receive()];
    const headers = { authorization: `Bearer ${await tenant.token({ audience: webhookAudience })}` };
    const body = inGridSchema([receivedEvent({ to: channelId, from, messageId, content: 'hello' })]);
    const answer = await deliver(here(String(endpointUrl)), body, { headers });
    assert.equal(answer.status, 200);
    await acs.waitFor(() => acs.sent.size > 0, 20_000);
    assert.equal(acs.receipts[0]?.messageId, messageId);
  });

  it('lets nobody in at the bot’s address without a token of the Bot Framework', async () => {
    const { endpoint, msaAppId } = find(bot, 'Microsoft.BotService/botServices');
    assert.equal(msaAppId, settings.MicrosoftAppId);
    const activity = {
      type: 'message',
      text: 'hello',
      channelId: 'webchat',
      serviceUrl: 'https://example.com',
    };
    const ends = { from: { id: 'a' }, recipient: { id: 'b' }, conversation: { id: 'c' } };
    const body = JSON.stringify({ ...activity, ...ends });
    const answer = await fetch(here(String(endpoint)), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(answer.status, 401, await answer.text());
  });

  it('takes a new key from the key vault as it runs, and is asked to by a signal', async () => {
    const isLetIn = async (key: string) =>
      (await fetch(`${host.url}/api/v1/session`, { headers: { 'x-api-key': key } })).status === 200;
    const next = 'the-next-key-for-the-tests-0123456789';
    assert.deepEqual([await isLetIn(secrets.BluetickApiKey), await isLetIn(next)], [true, false]);
    vault.secrets.set('BluetickApiKey', next);
    host.signal('SIGHUP');
    await host.waitForOutput(/"settings":\["BLUETICK_API_KEY"\],"msg":"New secrets are in force"/);
    assert.deepEqual([await isLetIn(secrets.BluetickApiKey), await isLetIn(next)], [false, true]);
    assert.ok(!host.output().includes(next));
  });

  it('does not start while the key vault cannot be read', async () => {
    vault.trouble = { status: 403, body: {} };
    const { code, output } = await failToStart({ ...resolveSecrets(settings, secrets), ...replaced });
    vault.trouble = undefined;
    assert.equal(code, 1);
    assert.match(output, /KEY_VAULT_URL: the identity of this host may not read the key vault \(HTTP 403\)/);
  });

  it('does not start while its key is not in the key vault', async () => {
    vault.secrets.clear();
    const { code, output } = await failToStart({ ...settings, ...replaced });
    assert.equal(code, 1);
    assert.match(output, /BLUETICK_API_KEY: it holds a reference to a secret/);
  });
});
