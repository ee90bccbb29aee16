import assert from 'node:assert/strict';
import { createAcsChannel } from '../../../../middleware/channels/acs/acsChannel.ts';
import { readConnectionString } from '../../../../middleware/channels/acs/connectionString.ts';
import type { AcsChannelOptions } from '../../../../middleware/channels/acs/options.ts';

const accessKey = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const endpoint = 'https://contoso.communication.azure.com/';
const channelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const webhookToken = { tenantId: '72f988bf-86f1-41af-91ab-2d7cd011db47', audiences: ['api://bluetick'] };
const channels = { channelIds: [channelId] };
const secrets = { webhookSecrets: ['hidden-secret'] };
const byKey = { ...channels, connectionString: `endpoint=${endpoint};accessKey=${accessKey}` };
const byIdentity = { ...channels, endpoint };
const good: AcsChannelOptions = { ...byKey, ...secrets };

describe('createAcsChannel', () => {
  it('has what is documented, and Meta’s numbers where Azure names none', async () => {
    const channel = createAcsChannel({ ...good, channelIds: [channelId.toUpperCase()] });
    assert.equal(channel.name, 'acs');
    assert.deepEqual(channel.businesses, [channelId]);
    assert.equal(channel.webhook.bodyLimit, 2 * 1024 * 1024);
    assert.deepEqual(channel.capabilities, {
      read: 'call',
      typing: 'impliesRead',
      coversEarlier: 'expected',
      typingPeriodMs: 24_000,
      minTypingPeriodMs: 20_000,
      stopTyping: false,
      readWithinMs: 30 * 86_400_000,
      sends: { interactive: true, media: true, template: true, longestText: 4096 },
      window: true,
      idempotentSend: true,
      callsPerSecond: 80,
    });
    await channel.close();
  });

  const taken: [what: string, options: AcsChannelOptions][] = [
    ['an address and an identity', { ...byIdentity, ...secrets, credential: { getToken: async () => null } }],
    [
      'plain http on loopback',
      { ...good, connectionString: `endpoint=http://[::1]:80/;accessKey=${accessKey}` },
    ],
    ['a token for webhooks', { ...byKey, webhookToken }],
    ['a secret and a token', { ...good, webhookToken }],
  ];
  for (const [what, options] of taken) {
    it(`takes ${what}`, async () => {
      const channel = createAcsChannel(options);
      assert.deepEqual(channel.businesses, [channelId]);
      await channel.close();
    });
  }

  const named = (connectionString: string) => ({ ...good, connectionString });
  const refused: [field: string, what: string, options: AcsChannelOptions][] = [
    ['ACS_ENDPOINT', 'no resource', { ...channels, ...secrets }],
    ['ACS_ENDPOINT', 'a resource twice', { ...good, endpoint }],
    ['ACS_ENDPOINT', 'plain http', { ...byIdentity, ...secrets, endpoint: 'http://contoso.example.com' }],
    ['ACS_ENDPOINT', 'a path', { ...byIdentity, ...secrets, endpoint: `${endpoint}messages` }],
    ['ACS_CONNECTION_STRING', 'nothing', named('')],
    ['ACS_CONNECTION_STRING', 'no key', named(`endpoint=${endpoint}`)],
    ['ACS_CONNECTION_STRING', 'no endpoint', named(`accessKey=${accessKey}`)],
    ['ACS_CONNECTION_STRING', 'a key that is none', named(`endpoint=${endpoint};accessKey=hidden key`)],
    [
      'ACS_CONNECTION_STRING',
      'plain http',
      named(`endpoint=http://hidden.example.com;accessKey=${accessKey}`),
    ],
    ['ACS_CHANNEL_ID', 'no channel', { ...good, channelIds: [] }],
    ['ACS_CHANNEL_ID', 'a phone number', { ...good, channelIds: [channelId, '+14255551234'] }],
    ['ACS_API_VERSION', 'an empty version', { ...good, receiptsApiVersion: ' ' }],
    ['ACS_WEBHOOK_SECRET', 'no proof', byKey],
    ['ACS_WEBHOOK_SECRET', 'no secret', { ...byKey, webhookSecrets: [] }],
    ['ACS_WEBHOOK_SECRET', 'an empty secret', { ...byKey, webhookSecrets: ['hidden-secret', ''] }],
    ['ACS_WEBHOOK_TENANT_ID', 'no tenant', { ...byKey, webhookToken: { ...webhookToken, tenantId: '' } }],
    [
      'ACS_WEBHOOK_TENANT_ID',
      'a domain as the tenant',
      { ...byKey, webhookToken: { ...webhookToken, tenantId: 'hidden.onmicrosoft.com' } },
    ],
    ['ACS_WEBHOOK_AUDIENCE', 'no audience', { ...byKey, webhookToken: { ...webhookToken, audiences: [] } }],
    [
      'ACS_WEBHOOK_METADATA_URL',
      'plain http',
      { ...byKey, webhookToken: { ...webhookToken, metadataUrl: 'http://example.com/' } },
    ],
    ['callsPerSecond', 'no calls', { ...good, callsPerSecond: 0 }],
    ['timeoutMs', 'no time', { ...good, timeoutMs: Number.NaN }],
  ];
  for (const [field, what, options] of refused) {
    it(`refuses ${what}, naming ${field} and showing no secret`, () => {
      assert.throws(
        () => createAcsChannel(options),
        (error: Error & { code?: string; field?: string }) => {
          assert.deepEqual([error.code, error.field], ['invalid_configuration', field]);
          assert.ok(error.message.includes(field));
          assert.doesNotMatch(error.message, /hidden|MDEy/);
          return true;
        },
      );
    });
  }
});

describe('readConnectionString', () => {
  for (const text of [
    `endpoint=${endpoint};accesskey=${accessKey}`,
    `EndPoint=${endpoint};AccessKey=${accessKey}`,
    `accesskey=${accessKey};endpoint=${endpoint}`,
    ` endpoint = ${endpoint} ; accesskey = ${accessKey} ;`,
  ]) {
    it(`reads ${text.slice(0, 12)}…`, () =>
      assert.deepEqual(readConnectionString(text), { endpoint, accessKey }));
  }
});
