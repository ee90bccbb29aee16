import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { refusal } from './samples.ts';

const key = 'dataverse-k3y-0123456789';
const read = (env: NodeJS.ProcessEnv) => readConfig(env).dataverse;

describe('the settings of Dynamics 365’s events', () => {
  it('need a key, and have defaults for the rest', () => {
    assert.deepEqual(read({ DATAVERSE_WEBHOOK_KEY: ` ${key} , the-key-before-0123 ` }), {
      keys: [key, 'the-key-before-0123'],
      header: 'x-webhook-secret',
      parameter: 'code',
      correlations: [{ by: 'workItem' }, { by: 'socialProfile' }],
      workstreamColumn: 'msdyn_liveworkstreamid',
    });
  });

  it('may name the header, the parameter, the columns and the ways to find a conversation', () => {
    const config = read({
      DATAVERSE_WEBHOOK_KEY: key,
      DATAVERSE_WEBHOOK_HEADER: 'X-Bluetick-Key',
      DATAVERSE_WEBHOOK_PARAMETER: 'secret',
      DATAVERSE_CORRELATE_BY: 'customer:new_phone, conversation:new_bluetick,workItem',
      DATAVERSE_WORKSTREAM_COLUMN: 'new_stream',
    });
    assert.deepEqual([config?.header, config?.parameter], ['x-bluetick-key', 'secret']);
    assert.equal(config?.workstreamColumn, 'new_stream');
    assert.deepEqual(config?.correlations, [
      { by: 'customer', column: 'new_phone' },
      { by: 'conversation', column: 'new_bluetick' },
      { by: 'workItem' },
    ]);
  });

  it('are off without any of them', () => assert.equal(read({}), undefined));

  it('leave the simulator on: they are no channel', () =>
    assert.equal(readConfig({ DATAVERSE_WEBHOOK_KEY: key }).simulator, true));

  it('are refused without the key, by its name', () => {
    for (const env of [{ DATAVERSE_CORRELATE_BY: 'workItem' }, { DATAVERSE_WEBHOOK_HEADER: 'x-key' }]) {
      const error = refusal(env);
      assert.equal(error.field, 'DATAVERSE_WEBHOOK_KEY');
      assert.match(error.message, /Missing: DATAVERSE_WEBHOOK_KEY\.$/);
    }
  });

  it('are refused with an address to read rows from, which says why', () => {
    const error = refusal({ DATAVERSE_WEBHOOK_KEY: key, DATAVERSE_URL: 'https://contoso.crm.dynamics.com' });
    assert.equal(error.field, 'DATAVERSE_URL');
    assert.match(error.message, /does not read rows .* was not verified/);
  });

  for (const [name, value] of [
    ['DATAVERSE_WEBHOOK_KEY', 'hidden-s3cret-1'],
    ['DATAVERSE_WEBHOOK_KEY', `${key},hidden-s3cret-1`],
    ['DATAVERSE_WEBHOOK_HEADER', 'hidden s3cret'],
    ['DATAVERSE_WEBHOOK_HEADER', 'hidden:s3cret'],
    ['DATAVERSE_WEBHOOK_PARAMETER', 'hidden=s3cret'],
    ['DATAVERSE_WORKSTREAM_COLUMN', 'hidden-s3cret'],
    ['DATAVERSE_CORRELATE_BY', 'workItem,hidden-s3cret'],
    ['DATAVERSE_CORRELATE_BY', 'workItem:hidden_s3cret'],
    ['DATAVERSE_CORRELATE_BY', 'customer'],
    ['DATAVERSE_CORRELATE_BY', 'customer:'],
    ['DATAVERSE_CORRELATE_BY', 'customer:hidden s3cret'],
    ['DATAVERSE_CORRELATE_BY', 'customer:a:hidden_s3cret'],
  ] as const) {
    it(`are refused where ${name} is not one, and its value is not shown: ${value.length}`, () => {
      const error = refusal({ DATAVERSE_WEBHOOK_KEY: key, [name]: value });
      assert.equal(error.field, name);
      assert.match(error.message, /allowed/);
      assert.doesNotMatch(error.message, /s3cret/);
    });
  }
});

describe('the origins of agents’ pages', () => {
  it('are none, or those that are named', () => {
    assert.deepEqual(readConfig({}).corsOrigins, []);
    const origins = 'https://contoso.crm.dynamics.com, http://127.0.0.1:8080,http://localhost';
    assert.deepEqual(readConfig({ BLUETICK_CORS_ORIGINS: origins }).corsOrigins, [
      'https://contoso.crm.dynamics.com',
      'http://127.0.0.1:8080',
      'http://localhost',
    ]);
  });

  for (const origin of [
    '*',
    'null',
    'contoso.crm.dynamics.com',
    'https://contoso.crm.dynamics.com/',
    'https://contoso.crm.dynamics.com/main.aspx',
    'https://*.dynamics.com',
    'https://CONTOSO.example.com',
    'https://contoso.example.com:443',
    'http://contoso.example.com',
    'file:///a',
  ]) {
    it(`are refused where one is ${origin}`, () => {
      const error = refusal({ BLUETICK_CORS_ORIGINS: `https://contoso.example.com,${origin}` });
      assert.equal(error.field, 'BLUETICK_CORS_ORIGINS');
    });
  }
});
