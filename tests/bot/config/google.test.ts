import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../bot/config.ts';
import { key, meta, refusal } from './samples.ts';

describe('the settings of the channel google', () => {
  let folder: string;
  let rbm: Record<string, string>;
  let gbm: Record<string, string>;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'bluetick-google-'));
    const file = join(folder, 'key.json');
    writeFileSync(file, '{"the":"key"}');
    rbm = {
      RBM_AGENT_ID: 'an_agent, another',
      RBM_SERVICE_ACCOUNT_FILE: file,
      RBM_CLIENT_TOKEN: 'new-t0ken, old-t0ken',
    };
    gbm = {
      GBM_AGENT_ID: 'brands/b/agents/a',
      GBM_SERVICE_ACCOUNT_FILE: file,
      GBM_CLIENT_TOKEN: 'a-t0ken',
      GBM_API_URL: 'http://127.0.0.1:9',
    };
  });
  after(() => rmSync(folder, { recursive: true }));

  it('are those of one format, or of both, with what the file of the key holds', () => {
    const read = (env: NodeJS.ProcessEnv) => readConfig({ ...env, BLUETICK_API_KEY: key });
    const serviceAccount = '{"the":"key"}';
    const one = {
      agentIds: ['an_agent', 'another'],
      serviceAccount,
      clientTokens: ['new-t0ken', 'old-t0ken'],
    };
    const other = {
      agentIds: ['brands/b/agents/a'],
      serviceAccount,
      clientTokens: ['a-t0ken'],
      apiUrl: 'http://127.0.0.1:9',
    };
    assert.deepEqual(read(rbm).google, { rbm: one });
    assert.deepEqual(read(gbm).google, { businessMessages: other });
    assert.deepEqual(read({ ...rbm, ...gbm }).google, { rbm: one, businessMessages: other });
    assert.equal(read(meta).google, undefined);
    assert.equal(read(rbm).simulator, false);
  });

  it('are refused with the names that are missing, each format by itself', () => {
    for (const [settings, other] of [
      [rbm, gbm],
      [gbm, rbm],
    ] as const) {
      for (const name of Object.keys(settings).filter(each => !each.endsWith('_API_URL'))) {
        const error = refusal({ ...other, ...settings, [name]: ' ', BLUETICK_API_KEY: key });
        assert.equal(error.field, name);
        assert.equal(error.message, `The channel google is half set. Missing: ${name}.`);
      }
    }
    const missing = 'GBM_AGENT_ID, GBM_SERVICE_ACCOUNT_FILE, GBM_CLIENT_TOKEN';
    const { message } = refusal({ GBM_API_URL: 'https://example.com' });
    assert.equal(message, `The channel google is half set. Missing: ${missing}.`);
  });

  it('are refused where the file cannot be read, whose path is not shown', () => {
    const error = refusal({
      ...rbm,
      RBM_SERVICE_ACCOUNT_FILE: join(folder, 's3cret'),
      BLUETICK_API_KEY: key,
    });
    assert.equal(error.field, 'RBM_SERVICE_ACCOUNT_FILE');
    assert.equal(error.message, 'RBM_SERVICE_ACCOUNT_FILE: the file cannot be read');
  });
});
