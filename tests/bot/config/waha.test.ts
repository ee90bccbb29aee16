import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { key, refusal } from './samples.ts';

const waha = {
  WAHA_URL: 'https://waha.example.com',
  WAHA_API_KEY: 'the-api-key',
  WAHA_SESSION: 'default',
  WAHA_HMAC_KEY: 'the-hmac-key',
};

describe('the settings of the channel waha', () => {
  it('are lists where several may be valid, and turn the simulator off', () => {
    const lists = { WAHA_SESSION: ' default, support ,,', WAHA_HMAC_KEY: 'new , old' };
    const config = readConfig({ ...waha, ...lists, BLUETICK_API_KEY: key });
    assert.deepEqual(config.waha, {
      url: 'https://waha.example.com',
      apiKey: 'the-api-key',
      sessions: ['default', 'support'],
      hmacKeys: ['new', 'old'],
    });
    assert.equal(config.simulator, false);
  });

  for (const name of Object.keys(waha)) {
    it(`are refused where they are half set, with the name that is missing: ${name}`, () => {
      const error = refusal({ ...waha, [name]: ' ', BLUETICK_API_KEY: key });
      assert.equal(error.field, name);
      assert.equal(error.message, `The channel waha is half set. Missing: ${name}.`);
    });
  }
});
