import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { acs, key, meta, refusal } from './samples.ts';

const { ACS_CONNECTION_STRING: connectionString, ACS_CHANNEL_ID, ACS_WEBHOOK_SECRET } = acs;
const channelIds = [ACS_CHANNEL_ID];
const endpoint = 'https://contoso.communication.azure.com';
const token = {
  ACS_WEBHOOK_TENANT_ID: '72f988bf-86f1-41af-91ab-2d7cd011db47',
  ACS_WEBHOOK_AUDIENCE: 'api://bluetick, 11111111-2222-3333-4444-555555555555',
};
const webhookToken = {
  tenantId: token.ACS_WEBHOOK_TENANT_ID,
  audiences: ['api://bluetick', '11111111-2222-3333-4444-555555555555'],
};
const receiptsApiVersion = '2025-09-01-preview';
const read = (env: NodeJS.ProcessEnv) => readConfig({ ...env, BLUETICK_API_KEY: key }).acs;

describe('the settings of the channel acs', () => {
  it('may name the resource with its key, and secrets', () => {
    assert.deepEqual(read({ ...acs, ACS_WEBHOOK_SECRET: ' the-new-secret-01 , the-old-secret-1' }), {
      connectionString,
      channelIds,
      receiptsApiVersion,
      webhookSecrets: ['the-new-secret-01', 'the-old-secret-1'],
    });
  });

  it('may name the resource alone, and a token', () => {
    assert.deepEqual(read({ ACS_ENDPOINT: endpoint, ACS_CHANNEL_ID, ...token }), {
      endpoint,
      channelIds,
      receiptsApiVersion,
      webhookSecrets: [],
      webhookToken,
    });
  });

  it('may ask for a secret and a token, with metadata elsewhere', () => {
    const metadataUrl = 'http://127.0.0.1:9/openid-configuration';
    const config = read({ ...acs, ...token, ACS_WEBHOOK_METADATA_URL: metadataUrl });
    assert.deepEqual(config?.webhookSecrets, [ACS_WEBHOOK_SECRET]);
    assert.deepEqual(config?.webhookToken, { ...webhookToken, metadataUrl });
  });

  it('turn the simulator off, alone or beside meta', () => {
    for (const env of [acs, meta, { ...acs, ...meta }]) {
      assert.equal(readConfig({ ...env, BLUETICK_API_KEY: key }).simulator, false);
    }
  });

  const noProof = { ...acs, ACS_WEBHOOK_SECRET: '' };
  const refused: [what: string, env: NodeJS.ProcessEnv, field: string, missing: string][] = [
    [
      'no resource',
      { ...acs, ACS_CONNECTION_STRING: '' },
      'ACS_CONNECTION_STRING',
      'ACS_CONNECTION_STRING or ACS_ENDPOINT',
    ],
    [
      'a resource of blanks',
      { ...acs, ACS_CONNECTION_STRING: ' ' },
      'ACS_CONNECTION_STRING',
      'ACS_CONNECTION_STRING or ACS_ENDPOINT',
    ],
    ['no channel', { ...acs, ACS_CHANNEL_ID: '' }, 'ACS_CHANNEL_ID', 'ACS_CHANNEL_ID'],
    ['no channel in the list', { ...acs, ACS_CHANNEL_ID: ' , ' }, 'ACS_CHANNEL_ID', 'ACS_CHANNEL_ID'],
    [
      'no proof',
      noProof,
      'ACS_WEBHOOK_SECRET',
      'ACS_WEBHOOK_SECRET or ACS_WEBHOOK_TENANT_ID with ACS_WEBHOOK_AUDIENCE',
    ],
    [
      'a tenant alone',
      { ...noProof, ACS_WEBHOOK_TENANT_ID: 't' },
      'ACS_WEBHOOK_AUDIENCE',
      'ACS_WEBHOOK_AUDIENCE',
    ],
    [
      'a tenant alone, beside a secret',
      { ...acs, ACS_WEBHOOK_TENANT_ID: 't' },
      'ACS_WEBHOOK_AUDIENCE',
      'ACS_WEBHOOK_AUDIENCE',
    ],
    [
      'an audience alone',
      { ...noProof, ACS_WEBHOOK_AUDIENCE: 'a' },
      'ACS_WEBHOOK_TENANT_ID',
      'ACS_WEBHOOK_TENANT_ID',
    ],
    [
      'metadata alone',
      { ...noProof, ACS_WEBHOOK_METADATA_URL: 'https://example.com/x' },
      'ACS_WEBHOOK_TENANT_ID',
      'ACS_WEBHOOK_TENANT_ID, ACS_WEBHOOK_AUDIENCE',
    ],
    [
      'a version alone',
      { ACS_API_VERSION: receiptsApiVersion },
      'ACS_CONNECTION_STRING',
      'ACS_CONNECTION_STRING or ACS_ENDPOINT, ACS_CHANNEL_ID, ACS_WEBHOOK_SECRET or ACS_WEBHOOK_TENANT_ID with ACS_WEBHOOK_AUDIENCE',
    ],
  ];
  for (const [what, env, field, missing] of refused) {
    it(`are refused with the names that are missing: ${what}`, () => {
      const error = refusal({ ...env, BLUETICK_API_KEY: key });
      assert.equal(error.field, field);
      assert.equal(error.message, `The channel acs is half set. Missing: ${missing}.`);
    });
  }

  for (const secrets of [
    'hidden-s3cret-1',
    `${ACS_WEBHOOK_SECRET},hidden-s3cret-1`,
    `a,${ACS_WEBHOOK_SECRET}`,
  ]) {
    it(`name no secret of fewer than 16 characters, and none is shown: ${secrets.length}`, () => {
      const error = refusal({ ...acs, ACS_WEBHOOK_SECRET: secrets, BLUETICK_API_KEY: key });
      assert.equal(error.field, 'ACS_WEBHOOK_SECRET');
      assert.equal(error.message, 'ACS_WEBHOOK_SECRET: allowed: secrets of 16 characters or more.');
    });
  }

  it('name one resource, not two', () => {
    const error = refusal({ ...acs, ACS_ENDPOINT: endpoint });
    assert.equal(error.field, 'ACS_ENDPOINT');
    assert.doesNotMatch(error.message, /s3cret|contoso/);
  });
});
