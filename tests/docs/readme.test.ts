import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { defaultPolicy } from '../../middleware/policy/defaultPolicy.ts';
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

/** The rows of the table whose header begins with `first`. */
function table(markdown: string, first: string): string[][] {
  const lines = markdown.split('\n');
  const begin = lines.findIndex(line => line.startsWith(`| ${first} |`));
  assert.ok(begin >= 0, `no table ${first}`);
  const rows: string[][] = [];
  for (const line of lines.slice(begin + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    );
  }
  return rows;
}

/** A page without its code blocks. */
function prose(markdown: string): string {
  return markdown.replaceAll(/```[\s\S]*?```/g, '');
}

/** What its headings are called in addresses, as GitHub makes it: letters, digits, `_` and `-`, with `-` for each space. */
function anchorsOf(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('README and its docs', function () {
  this.timeout(90_000);

  it('list every field of a policy with its default', async () => {
    const rows = table(await read('docs/policy.md'), 'field').map(([field = '', value = '']) =>
      [field, value].map(text => text.replaceAll('`', '')),
    );
    assert.deepEqual(
      rows,
      leaves(defaultPolicy).map(([path, value]) => [path, JSON.stringify(value)]),
    );
  });

  it('show what the demo prints, but for the seconds: all of it, and README a part', async () => {
    const shownIn = async (name: string) => /```text\n([\s\S]*?)```/.exec(await read(name))?.[1] ?? '';
    const shown = await shownIn('docs/demo.md');
    const part = await shownIn('README.md');
    assert.ok(part !== '' && shown.includes(part));
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

  it('have the two commands first, and name only scripts that there are', async () => {
    const markdown = await read('README.md');
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    const [first] = /```sh\n[\s\S]*?```/.exec(markdown) ?? [];
    assert.match(String(first), /npm install && npm start[\s\S]*npm install && npm test/);
    const pages = (await readdir(join(root, 'docs'))).filter(name => name.endsWith('.md'));
    const docs = pages.map(name => `docs/${name}`);
    for (const file of ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...docs]) {
      const text = await read(file);
      for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+\w)/g))
        assert.ok(script in scripts, `${file}: ${script}`);
    }
  });

  it('lead to files and headings that there are', async () => {
    const pages = globSync(['*.md', 'docs/*.md', 'deploymentTemplates/**/*.md'], { cwd: root });
    assert.ok(pages.length > 40);
    for (const file of pages)
      for (const [, target = '', heading] of prose(await read(file)).matchAll(
        /\]\(([^)#:\s]*)(?:#([^)\s]+))?\)/g,
      )) {
        const page = target === '' ? file : join(dirname(file), target);
        await access(join(root, page));
        if (heading === undefined || !page.endsWith('.md')) continue;
        assert.ok(anchorsOf(await read(page)).includes(heading), `${file}: ${target}#${heading}`);
      }
  });
});
