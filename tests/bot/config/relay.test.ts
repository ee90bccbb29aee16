import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';

const tokenUrl =
  'https://default00.0d.environment.api.powerplatform.com/powervirtualagents/botsbyschema/cr1_agent/directline/token?api-version=2022-03-01-preview';

describe('the settings of the relay', () => {
  it('put an agent in the place of the sample bot', () => {
    assert.equal(readConfig({}).relay, undefined);
    assert.deepEqual(readConfig({ DIRECT_LINE_TOKEN_URL: tokenUrl }).relay, {
      tokenUrl,
      directLineUrl: 'https://directline.botframework.com/v3/directline',
    });
  });

  it('may name the Direct Line of a region, and one on this machine', () => {
    for (const directLineUrl of [
      'https://europe.directline.botframework.com/v3/directline',
      'http://localhost:3000/directline',
    ]) {
      const { relay } = readConfig({ DIRECT_LINE_TOKEN_URL: tokenUrl, DIRECT_LINE_URL: directLineUrl });
      assert.equal(relay?.directLineUrl, directLineUrl);
    }
  });

  const refused: readonly [Record<string, string>, RegExp][] = [
    [{ DIRECT_LINE_TOKEN_URL: 'http://tokens.example/token' }, /^DIRECT_LINE_TOKEN_URL must be https/],
    [{ DIRECT_LINE_TOKEN_URL: 'token' }, /^DIRECT_LINE_TOKEN_URL/],
    [
      { DIRECT_LINE_TOKEN_URL: tokenUrl, DIRECT_LINE_URL: 'http://line.example' },
      /^DIRECT_LINE_URL must be https/,
    ],
    [
      { DIRECT_LINE_TOKEN_URL: tokenUrl, BLUETICK_MODE: 'sidecar' },
      /^DIRECT_LINE_TOKEN_URL: no dialog runs in a sidecar/,
    ],
  ];
  for (const [settings, message] of refused) {
    it(`refuse ${JSON.stringify(Object.values(settings).at(-1))}`, () => {
      assert.throws(() => readConfig(settings), { code: 'invalid_configuration', message });
    });
  }
});
