import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../bot/config.ts';

const root = join(import.meta.dirname, '..', '..');
const sample = readFileSync(join(root, '.env.sample'), 'utf8');
const source = readFileSync(join(root, 'bot', 'config.ts'), 'utf8');

const sorted = (names: Iterable<string | undefined>) => [...names].map(String).sort();
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name);

/** The settings that the schema of `bot/config.ts` has. */
function settingsOfSchema(): string[] {
  const [, body = ''] = /const settings = z\.object\(\{\n(.*?)\n\}\);/s.exec(source) ?? [];
  return sorted(matches(body, /^ {2}([A-Za-z_]+):/gm));
}

/** The settings of the sample, with their values. */
const lines = [...sample.matchAll(/^#?\s*([A-Z_a-z]+)=(.*)$/gm)];

describe('.env.sample', () => {
  it('has every setting that the host reads, and no other', () => {
    const settings = settingsOfSchema();
    assert.ok(settings.length > 10);
    assert.deepEqual(sorted(lines.map(([, name]) => name)), settings);
  });

  it('has what the host reads past the schema, too', () => {
    const read = matches(source, /(?<!\.)\benv\.([A-Za-z_]+)/g);
    const inSample = new Set(lines.map(([, name]) => name));
    assert.ok(read.length > 0);
    assert.deepEqual(
      read.filter(name => !inSample.has(name)),
      [],
    );
  });

  it('sets nothing as it is, and no secret at all', () => {
    assert.deepEqual(matches(sample, /^([A-Za-z_]+)=/gm), []);
    const secrets = lines.filter(([, name = '']) => /KEY|TOKEN|SECRET|Password/.test(name));
    assert.ok(secrets.length > 0);
    assert.deepEqual(
      secrets.map(([, , value]) => value),
      secrets.map(() => ''),
    );
  });

  it('tells the defaults as they are', () => {
    const told = Object.fromEntries(lines.map(([, name, value = '']) => [name, value]));
    const { META_GRAPH_URL, ...others } = told;
    assert.deepEqual(readConfig(others), readConfig({}));
    const meta = {
      META_ACCESS_TOKEN: 'a',
      META_PHONE_NUMBER_ID: '1',
      META_APP_SECRET: 's',
      META_VERIFY_TOKEN: 'v',
      BLUETICK_API_KEY: 'x'.repeat(16),
    };
    assert.deepEqual(readConfig({ ...meta, META_GRAPH_URL }), readConfig(meta));
  });
});
