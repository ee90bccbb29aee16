import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { need } from '../support/needs.ts';
import { shownAnswers } from './answers.ts';
import { blocks, isNamed, placeOf } from './blocks.ts';
import { curlsOf, kinds } from './provers.ts';

const run = promisify(execFile);

describe('the calls that the pages show', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let folder: string;
  before(async function () {
    need(this, await run('curl', ['--version']).catch(() => undefined), 'curl on the PATH');
    folder = await mkdtemp(join(tmpdir(), 'bluetick-calls-'));
    api = await startApiHost();
  });
  after(async () => {
    await api?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const shown = blocks.filter(kinds['calls.test.ts'] as (typeof kinds)[string]);
  for (const block of shown)
    it(`are answered: ${placeOf(block)}`, async () => {
      await api.conversationWith(api.simulator.phone('4915550001111'));
      const env = {
        PATH: process.env.PATH,
        KEY: api.key,
        BLUETICK_API_KEY: api.key,
        PUBLIC_URL: api.host.url,
        LIVE_WORK_ITEM_ID: '11111111-1111-4111-8111-111111111111',
      };
      // Not a word of it is changed but where the host is; an answer that is no success is an error.
      const script = curlsOf(block)
        .join('\n')
        .replaceAll(/https?:\/\/(?:127\.0\.0\.1:3978|<your host>|bot\.example\.com)/g, api.host.url)
        .replaceAll(/^curl /gm, 'curl --fail --silent --show-error ');
      const { stdout } = await run('sh', ['-euc', script], { env, cwd: folder });
      if (stdout !== '') assert.equal(JSON.parse(stdout).error, undefined, stdout);
    });

  for (const answer of shownAnswers)
    it(`are answered as they are shown: ${answer.file}, ${answer.begins}`, async () => {
      const real = await answer.ask(api);
      for (const block of blocks) {
        if (!isNamed(block, answer)) continue;
        assert.deepEqual(namesIn(real, answer.open), namesIn(JSON.parse(block.text), answer.open));
      }
    });
});

/** The paths of all fields, the items of a list as one. `…` stands for those that an item above has. */
function namesIn(value: unknown, open: readonly string[] = [], path = ''): readonly string[] {
  if (Array.isArray(value)) return sorted(value.flatMap(item => namesIn(item, open, `${path}[]`)));
  if (typeof value !== 'object' || value === null) return [];
  const fields = Object.entries(value).filter(([name]) => name !== '…');
  return sorted(
    fields.flatMap(([name, inner]) => [
      `${path}.${name}`,
      ...(open.includes(name) ? [] : namesIn(inner, open, `${path}.${name}`)),
    ]),
  );
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
