import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, settingNames } from '../../bot/config.ts';

const root = join(import.meta.dirname, '..', '..');
const sample = readFileSync(join(root, '.env.sample'), 'utf8');

const sorted = (names: Iterable<string | undefined>) => [...names].map(String).sort();

/** The settings of the sample, with their values. */
const lines = [...sample.matchAll(/^#?\s*([A-Z_a-z]+)=(\S*)$/gm)];

describe('.env.sample', () => {
  it('has every setting that the host reads, and no other', () => {
    assert.ok(settingNames.length > 20);
    assert.deepEqual(sorted(lines.map(([, name]) => name)), sorted(settingNames));
  });

  it('sets nothing as it is, and no secret at all', () => {
    assert.deepEqual(sample.match(/^[A-Za-z_]+=/gm), null);
    const secrets = lines.filter(([, name = '']) => /KEY|TOKEN|SECRET|CONNECTION|Password/.test(name));
    assert.ok(secrets.length > 5);
    assert.deepEqual(
      secrets.map(([, , value]) => value),
      secrets.map(() => ''),
    );
  });

  it('tells the defaults as they are', () => {
    const told = Object.fromEntries(lines.map(([, name, value = '']) => [name, value]));
    const { META_GRAPH_URL, ACS_API_VERSION, TWILIO_API_URL, WAWP_SESSION, WAWP_API_URL, ...others } = told;
    assert.deepEqual(readConfig(others), readConfig({}));
    const channels = {
      META_ACCESS_TOKEN: 'a',
      META_PHONE_NUMBER_ID: '1',
      META_APP_SECRET: 's',
      META_VERIFY_TOKEN: 'v',
      ACS_CONNECTION_STRING: 'c',
      ACS_CHANNEL_ID: '1',
      ACS_WEBHOOK_SECRET: 's'.repeat(16),
      TWILIO_ACCOUNT_SID: 'AC1',
      TWILIO_AUTH_TOKEN: 't',
      VOICE_FROM: '+15550001111',
      WAWP_INSTANCE_ID: 'i',
      WAWP_ACCESS_TOKEN: 't',
      WAWP_WEBHOOK_SECRET: 's'.repeat(16),
      BLUETICK_API_KEY: 'x'.repeat(16),
    };
    assert.deepEqual(
      readConfig({
        ...channels,
        META_GRAPH_URL,
        ACS_API_VERSION,
        TWILIO_API_URL,
        WAWP_SESSION,
        WAWP_API_URL,
      }),
      readConfig(channels),
    );
  });
});
