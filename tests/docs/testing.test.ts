import '../examples/sources.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');

describe('docs/testing.md', () => {
  const page = () => readFile(join(root, 'docs', 'testing.md'), 'utf8');

  it('has an example that does what it says', async () => {
    const [, code] = /<!-- run: testing -->\n```ts\n([\s\S]*?)```/.exec(await page()) ?? [];
    assert.ok(code);
    const folder = await mkdtemp(join(tmpdir(), 'bluetick-testing-'));
    try {
      const file = join(folder, 'example.ts');
      // Not a word of it is changed: botbuilder alone is found where this checkout has it.
      await writeFile(file, code.replace("'botbuilder'", `'${import.meta.resolve('botbuilder')}'`));
      await import(pathToFileURL(file).href);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('names every import that the package has, and what each needs', async () => {
    const { exports, peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const text = await page();
    for (const path of Object.keys(exports))
      if (path !== './package.json')
        assert.ok(text.includes(`\`${path.replace(/^\./, 'bluetick').replace(/\*$/, '')}`), path);
    for (const name of Object.keys(peerDependencies)) assert.ok(text.includes(`\`${name}\``), name);
  });
});
