import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandRole } from '../../bot/copilot/commandRole.ts';
import { openApi } from '../../bot/copilot/openApi.ts';
import { errorFields } from '../../bot/copilot/skill/skillManifest.ts';
import { commands } from '../../middleware/commands/commands.ts';
import { targetFields } from '../../middleware/commands/fields.ts';
import { errorStatus } from '../../middleware/errors.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { routeNeeds } from '../support/routeNeeds.ts';

const root = join(import.meta.dirname, '..', '..');

describe('docs/copilot-studio.md', function () {
  this.timeout(20_000);
  let page: string;
  let api: ApiHost;
  before(async () => {
    page = await readFile(join(root, 'docs', 'copilot-studio.md'), 'utf8');
    api = await startApiHost();
  });
  after(() => api.close());

  it('has every command, with the role that it needs', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| .* \| (\w+) \|$/gm)].map(([, name, role]) => [name, role]);
    assert.deepEqual(
      rows,
      commands.map(command => [command.name, commandRole(command)]),
    );
  });

  it('names only routes, fields and errors that there are', () => {
    for (const [, method, path] of page.matchAll(/`(GET|POST) (\/[\w./-]+)`/g))
      assert.ok(`${method} ${path}` in routeNeeds, `${method} ${path}`);
    const fields = new Set(
      commands.flatMap(({ input, output }) => Object.keys({ ...input.shape, ...output.shape })),
    );
    const words = ['endOfConversation', 'completedSuccessfully', ...errorFields];
    const others = new Set<string>([
      ...words,
      ...commands.map(({ name }) => name),
      ...Object.keys(errorStatus),
    ]);
    const values = ['manual', 'replying', 'accepted', 'opened', 'typing', 'replied', 'transferred', 'closed'];
    for (const [, name = ''] of page.matchAll(/`([a-z]+[A-Z_]\w*|[a-z]+)(?:: \w+)?`/g))
      assert.ok(fields.has(name) || others.has(name) || values.includes(name), name);
    for (const target of Object.keys(targetFields)) assert.ok(page.includes(`\`${target}\``), target);
  });

  it('gives the connector’s properties, which ask for the key that the document names', async () => {
    const [, link = ''] = /\]\(\.\.\/([\w/]+apiProperties\.json)\)/.exec(page) ?? [];
    const { properties } = JSON.parse(await readFile(join(root, link), 'utf8'));
    const { securityDefinitions } = openApi(commands, new URL('https://bluetick.example'));
    assert.deepEqual(Object.keys(properties.connectionParameters), Object.keys(securityDefinitions));
    assert.equal(properties.connectionParameters.api_key.type, 'securestring');
    assert.ok(page.includes(`\`${securityDefinitions.api_key.name}\``));
  });

  it('has an example by hand that answers what it shows', async () => {
    const [, command, body, shown] =
      /\/api\/v1\/commands\/(\w+) \\\n {2}-d '(.*)'\n```\n\n```json\n([\s\S]*?)```/.exec(page) ?? [];
    const { customer } = JSON.parse(String(body));
    await api.conversationWith(api.simulator.phone(customer.slice(1)));
    const answer = await api.call('POST', `/commands/${command}`, body);
    const expected = JSON.parse(String(shown));
    assert.deepEqual(Object.keys(answer.body).sort(), Object.keys(expected).sort());
    for (const name of ['channel', 'outcome', 'because', 'count'])
      assert.equal(answer.body[name], expected[name], name);
  });
});
