import './sources.ts';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeExamples } from './plays.ts';

const examples = join(import.meta.dirname, '..', '..', 'examples');

describeExamples(
  'in the checkout',
  name => import(name.startsWith('bluetick') ? name : join(examples, name)),
);

describe('each example', () => {
  it('is under 60 lines, and imports nothing of ours but the library', () => {
    const files = globSync('**/*.ts', { cwd: examples });
    assert.equal(files.length, 6);
    for (const file of files) {
      const code = readFileSync(join(examples, file), 'utf8');
      assert.ok(code.trimEnd().split('\n').length < 60, file);
      for (const [, from = ''] of code.matchAll(/ from '(\.[^']*)'/g))
        assert.equal(from, '../webhookServer.ts', file);
    }
  });
});
