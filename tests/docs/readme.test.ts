import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAcsChannel } from '../../middleware/channels/acs/acsChannel.ts';
import { createMetaChannel } from '../../middleware/channels/meta/metaChannel.ts';
import { defaultPolicy } from '../../middleware/policy/defaultPolicy.ts';
import type { Capabilities, Channel } from '../../middleware/ports.ts';
import { environment } from '../support/hostProcess.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string) => readFile(join(root, name), 'utf8');

/** The fields of a policy with their values, by path; `null` and templates are values. */
function leaves(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null
      ? leaves(inner, `${path}${key}.`)
      : [[`${path}${key}`, inner]],
  );
}

/** A channel's capabilities as the README has them. */
function inWords(can: Capabilities): Record<string, string> {
  const days = (ms: number) => ms / (24 * 60 * 60 * 1000);
  return {
    'mark read': { call: 'a call of its own', withTyping: 'with typing only', none: 'no' }[can.read],
    typing: { impliesRead: 'marks the message read too', independent: 'stands alone', none: 'no' }[
      can.typing
    ],
    'a receipt covers earlier messages': can.coversEarlier,
    'typing is shown again every': `${can.typingPeriodMs / 1000} s, at least ${can.minTypingPeriodMs / 1000} s`,
    'typing can be stopped': can.stopTyping ? 'yes' : 'no: it ends with the reply or after 25 s',
    'a message can be marked read for': `${days(can.readWithinMs ?? 0)} days`,
    'free-form messages': can.window ? "within 24 hours of the customer's latest" : 'any time',
    'a send can be repeated safely': can.idempotentSend ? 'yes' : 'no',
    'calls a second to one number': String(can.callsPerSecond),
  };
}

/** The rows of the table whose header begins with `first`; the header too if it is asked for. */
function table(markdown: string, first: string, withHeader = false): string[][] {
  const lines = markdown.split('\n');
  const begin = lines.findIndex(line => line.startsWith(`| ${first} |`));
  assert.ok(begin >= 0, `no table ${first}`);
  const rows: string[][] = [];
  for (const line of lines.slice(withHeader ? begin : begin + 2)) {
    if (!line.startsWith('|')) break;
    if (/^[|-]+$/.test(line)) continue;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    );
  }
  return rows;
}

describe('README', function () {
  this.timeout(90_000);

  it('lists every field of a policy with its default', async () => {
    const rows = table(await read('README.md'), 'field').map(([field = '', value = '']) =>
      [field, value].map(text => text.replaceAll('`', '')),
    );
    assert.deepEqual(
      rows,
      leaves(defaultPolicy).map(([path, value]) => [path, JSON.stringify(value)]),
    );
  });

  it('says of each channel what its capability table says', async () => {
    const channels: readonly Channel[] = [
      createAcsChannel({
        connectionString: 'endpoint=http://127.0.0.1:9/;accesskey=a2V5',
        channelIds: ['00000000-0000-4000-8000-000000000001'],
        webhookSecrets: ['secret'],
      }),
      ...(['meta', 'simulator'] as const).map(name =>
        createMetaChannel({
          name,
          accessToken: 't',
          appSecrets: ['s'],
          verifyToken: 'v',
          phoneNumberIds: ['1'],
        }),
      ),
    ];
    const [header = [], ...rows] = table(await read('README.md'), 'capability', true);
    assert.deepEqual(
      header.slice(1),
      channels.map(({ name }) => `\`${name}\``),
    );
    for (const [index, channel] of channels.entries()) {
      const shown = Object.fromEntries(rows.map(row => [row[0], row[index + 1]]));
      assert.deepEqual(shown, inWords(channel.capabilities), channel.name);
      await channel.close();
    }
  });

  it('shows what the demo prints, but for the seconds', async () => {
    const shown = /```text\n([\s\S]*?)```/.exec(await read('README.md'))?.[1] ?? '';
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['bot/demo.ts'], { cwd: root, env: environment({}) });
    const story = (text: string) =>
      text
        .trim()
        .split('\n')
        .map(line => line.replace(/^ *\d+\.\d s/, ''))
        .join('\n');
    assert.equal(story(stdout), story(shown));
  });

  it('has its two commands first, and names only scripts and files that there are', async () => {
    const markdown = await read('README.md');
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    const [first] = /```sh\n[\s\S]*?```/.exec(markdown) ?? [];
    assert.match(String(first), /npm install && npm start[\s\S]*npm install && npm test/);
    for (const file of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']) {
      const text = await read(file);
      for (const [, script = ''] of text.matchAll(/npm run (\w+)/g))
        assert.ok(script in scripts, `${file}: ${script}`);
      for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)\)/g)) await access(join(root, target));
    }
  });
});
