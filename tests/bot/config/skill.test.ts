import assert from 'node:assert/strict';
import { readConfig } from '../../../bot/config.ts';
import { refusal } from './samples.ts';

describe('the settings of the skill', () => {
  const app = { MicrosoftAppId: '00000000-0000-4000-8000-000000000001' };
  const agents = ['a9e47000-0000-4000-8000-00000000000a', 'A9E47000-0000-4000-8000-00000000000B'];

  it('list the agents, in lower case as tokens have them', () => {
    const { allowedCallers } = readConfig({ ...app, BLUETICK_ALLOWED_CALLERS: ` ${agents.join(' , ')},` });
    assert.deepEqual(allowedCallers, [agents[0], agents[1]?.toLowerCase()]);
  });

  it('let nobody in by default', () => {
    for (const list of [undefined, '', ' , '])
      assert.deepEqual(readConfig({ ...app, BLUETICK_ALLOWED_CALLERS: list }).allowedCallers, []);
  });

  const [agent] = agents;
  const wrong: readonly [settings: NodeJS.ProcessEnv, field: string, message: RegExp][] = [
    [{ ...app, BLUETICK_ALLOWED_CALLERS: '*' }, 'BLUETICK_ALLOWED_CALLERS', /GUIDs; no \* for everybody/],
    [{ ...app, BLUETICK_ALLOWED_CALLERS: `${agent},my-agent` }, 'BLUETICK_ALLOWED_CALLERS', /GUIDs/],
    [{ BLUETICK_ALLOWED_CALLERS: agent }, 'MicrosoftAppId', /half set.*Missing: MicrosoftAppId\.$/],
    [
      { ...app, MicrosoftAppTenantId: 'contoso.com', BLUETICK_ALLOWED_CALLERS: agent },
      'MicrosoftAppTenantId',
      /allowed with BLUETICK_ALLOWED_CALLERS: .*GUID/,
    ],
  ];
  for (const [settings, field, message] of wrong) {
    it(`refuse ${JSON.stringify(settings)}`, () => {
      const error = refusal(settings);
      assert.equal(error.field, field);
      assert.match(error.message, message);
    });
  }
});
