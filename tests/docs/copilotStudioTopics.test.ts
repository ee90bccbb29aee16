import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { topicEvents } from '../../middleware/turn/topicEvents.ts';
import { startApiHost } from '../support/apiHost.ts';
import { need } from '../support/needs.ts';
import { readTopics } from '../support/topics.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFile(join(root, path), 'utf8');

describe('docs/copilot-studio-topics.md', function () {
  this.timeout(20_000);
  let markdown: string;
  before(async () => {
    markdown = await read('docs/copilot-studio-topics.md');
  });

  it('lists every event with every field, and no others', () => {
    const shown = [...markdown.matchAll(/^\| `(bluetick\.\w+)` \| (.*?) ?\| /gm)].map(([, name, fields]) => [
      name,
      [...String(fields).matchAll(/`(\w+)`/g)].map(([, field]) => field),
    ]);
    const real = Object.entries(topicEvents).map(([name, { shape }]) => [name, Object.keys(shape)]);
    assert.deepEqual(shown, real);
  });

  it('lists every ready-made topic', () => {
    const listed = [...markdown.matchAll(/^\| \[(\w+)\.yml\]/gm)].map(([, name]) => name);
    assert.deepEqual(
      listed.sort(),
      readTopics()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('quotes the lines that the log really has', async () => {
    const code = await read('middleware/turn/obeyTopicEvents.ts');
    const lines = [...markdown.matchAll(/^\| `(An? .+?)` \|/gm)].map(([, line]) => String(line));
    assert.equal(lines.length, 3);
    for (const line of lines) assert.ok(code.includes(line), line);
  });

  it('sets the policy that it says', async function () {
    need(this, await run('curl', ['--version']).catch(() => undefined), 'curl on the PATH');
    const [, command = ''] = /<!-- run: read late -->\n *```sh\n([\s\S]*?)```/.exec(markdown) ?? [];
    const api = await startApiHost();
    try {
      const script = command.replaceAll('http://127.0.0.1:3978', api.host.url);
      const env = { PATH: process.env.PATH, KEY: api.key };
      const { stdout } = await run('sh', ['-euc', script], { env });
      const document = { read: { when: 'manual' }, handoff: { read: 'agentOpened' } };
      assert.deepEqual(JSON.parse(stdout), { document, source: 'stored' });
      const phone = api.simulator.phone('4915550001111');
      await api.conversationWith(phone);
      assert.equal(phone.messages[0]?.tick, 'delivered');
    } finally {
      await api.close();
    }
  });
});
