import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { key, refusal } from './samples.ts';

const wawp = {
  WAWP_INSTANCE_ID: '123456789',
  WAWP_ACCESS_TOKEN: 'the-access-token',
  WAWP_WEBHOOK_SECRET: 'webhook-s3cret-0123456789',
};

describe('the settings of the channel wawp', () => {
  it('have the documented address and session where nothing else is said, and turn the simulator off', () => {
    const config = readConfig({ ...wawp, BLUETICK_API_KEY: key });
    assert.deepEqual(config.wawp, {
      instanceId: '123456789',
      accessToken: 'the-access-token',
      webhookSecrets: ['webhook-s3cret-0123456789'],
      session: 'default',
      apiUrl: 'https://api.wawp.net',
    });
    assert.equal(config.simulator, false);
  });

  it('may name both, and several secrets', () => {
    const over = {
      WAWP_WEBHOOK_SECRET: 'the-secret-of-today, the-secret-of-before',
      WAWP_SESSION: 'shop',
      WAWP_API_URL: 'http://127.0.0.1:9',
    };
    const { webhookSecrets, session, apiUrl } =
      readConfig({ ...wawp, ...over, BLUETICK_API_KEY: key }).wawp ?? assert.fail();
    assert.deepEqual(
      [webhookSecrets, session, apiUrl],
      [['the-secret-of-today', 'the-secret-of-before'], 'shop', 'http://127.0.0.1:9'],
    );
  });

  for (const name of Object.keys(wawp)) {
    it(`are refused where they are half set, with the name that is missing: ${name}`, () => {
      const error = refusal({ ...wawp, [name]: ' ', BLUETICK_API_KEY: key });
      assert.equal(error.field, name);
      assert.equal(error.message, `The channel wawp is half set. Missing: ${name}.`);
    });
  }

  it('are refused with a secret that can be guessed', () => {
    const error = refusal({
      ...wawp,
      WAWP_WEBHOOK_SECRET: 'long-enough-to-count,short',
      BLUETICK_API_KEY: key,
    });
    assert.equal(error.field, 'WAWP_WEBHOOK_SECRET');
    assert.match(error.message, /16 characters/);
  });
});
