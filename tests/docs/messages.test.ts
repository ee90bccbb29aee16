import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Phone } from '../../bot/simulator/phone.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { need } from '../support/needs.ts';

const run = promisify(execFile);
const file = join(import.meta.dirname, '..', '..', 'docs', 'messages.md');

/** An example: its commands, and the answer that is shown behind them. */
async function exampleOf(name: string): Promise<{ commands: string; shown: unknown }> {
  const markdown = await readFile(file, 'utf8');
  const form = new RegExp(`<!-- run: ${name} -->\n\`\`\`sh\n([^]*?)\`\`\`(?:\n\n\`\`\`json\n([^]*?)\`\`\`)?`);
  const [, commands, shown] = form.exec(markdown) ?? [];
  assert.ok(commands, `docs/messages.md has no example ${name}`);
  return { commands, shown: shown && JSON.parse(shown) };
}

/** The names of the fields, of a list's first item too. */
function namesOf(value: unknown): unknown {
  const { items, ...rest } = value as { items?: object[] };
  return [Object.keys(rest).sort(), items && Object.keys(items[0] ?? {}).sort()];
}

describe('docs/messages.md', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let phone: Phone;
  let conversation: string;
  before(async function () {
    const curl = await run('curl', ['--version']).catch(() => undefined);
    need(this, curl, 'curl on the PATH');
    api = await startApiHost();
    phone = api.simulator.phone('4915550001111');
    conversation = await api.conversationWith(phone);
  });
  after(() => api?.close());

  /** Runs an example as it stands there, but for the port; its answer has the fields that are shown, and no others. */
  async function tryOut(name: string, variables: Record<string, string> = {}) {
    const { commands, shown } = await exampleOf(name);
    const env = { PATH: process.env.PATH, KEY: api.key, CONVERSATION: conversation, ...variables };
    const script = commands.replaceAll('http://127.0.0.1:3978', api.host.url);
    const { stdout } = await run('sh', ['-euc', script], { env });
    const answer = JSON.parse(stdout);
    assert.equal(answer.error, undefined, stdout);
    if (shown !== undefined) assert.deepEqual(namesOf(answer), namesOf(shown), name);
    return answer;
  }

  it('shows how to send, and that asking twice sends once', async () => {
    const first = await tryOut('send');
    await phone.waitFor(({ messages }) => messages.at(-1)?.text === 'Your bicycle is ready.');
    assert.equal((await tryOut('send')).ref, first.ref);
  });

  it('shows how to ask what became of a message, by either id', async () => {
    phone.open();
    const sent = await tryOut('send');
    await api.until(`/messages/${sent.ref}`, ({ level }) => level === 'read');
    assert.equal((await tryOut('ask', { MESSAGE: sent.ref })).level, 'read');
    assert.equal((await tryOut('ask', { MESSAGE: encodeURIComponent(sent.id) })).ref, sent.ref);
    phone.leave();
  });

  it('shows how to list them', async () => {
    const { items } = await tryOut('list');
    assert.equal(items.length, 1);
  });

  it('shows how to look at what was set aside, and how to try again', async () => {
    phone.reachable = false;
    await api.call('POST', `/conversations/${conversation}/messages`, { text: 'Come by until 18.' });
    phone.reachable = true;
    const { items } = await tryOut('letters');
    assert.deepEqual(await tryOut('replay', { LETTER: items[0].id }), { what: 'outbound', revived: true });
    await phone.waitFor(({ messages }) => messages.at(-1)?.text === 'Come by until 18.');
  });

  it('shows how to ask for figures', async () => {
    const { ledger, hours } = await tryOut('insights');
    assert.ok(Array.isArray(hours));
    assert.deepEqual(Object.keys(ledger), [
      'orphans',
      'unmatched',
      'quarantined',
      'deadLetters',
      'sinceStart',
    ]);
    assert.deepEqual(Object.keys(ledger.sinceStart), ['acknowledged', 'repeats', 'orphans', 'quarantined']);
  });
});
