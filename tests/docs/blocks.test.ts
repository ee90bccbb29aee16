import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownAnswers } from './answers.ts';
import { type Block, type BlockName, blocks, isNamed, placeOf } from './blocks.ts';
import { documents } from './documents.ts';
import { byTheirPage, kinds, notRun } from './provers.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the code blocks of the pages', () => {
  it('are each proved by a test, or listed with the reason why none can', () => {
    assert.ok(blocks.length > 50);
    const unproved = blocks.filter(block => !Object.values(kinds).some(isOf => isOf(block)));
    assert.deepEqual(unproved.map(placeOf), []);
  });

  it('are there: no list names one that has gone', () => {
    const lists: readonly (readonly BlockName[])[] = [byTheirPage, notRun, shownAnswers, documents];
    for (const name of lists.flat())
      assert.ok(
        blocks.some(block => isNamed(block, name)),
        `${name.file}: ${name.begins}`,
      );
  });

  it('are named by the tests that are said to prove them', () => {
    for (const { file, test } of byTheirPage) {
      const page = file.split('/').at(-1) as string;
      assert.ok(readFileSync(join(root, test), 'utf8').includes(page), `${test}: ${page}`);
    }
    for (const block of blocks) {
      if (block.run === undefined) continue;
      const test = readFileSync(join(root, testOf(block.file)), 'utf8');
      const isRun = [`'${block.run}'`, `run: ${block.run} -->`].some(words => test.includes(words));
      assert.ok(isRun || readsByWords(block, test), placeOf(block));
    }
  });
});

/** The test of Copilot Studio's page finds its example by the command's address. */
function readsByWords({ text }: Block, test: string): boolean {
  return text.includes('/api/v1/commands/') && test.includes('\\/api\\/v1\\/commands\\/');
}

/** Whose examples are run by a test of another name. */
const others: Readonly<Record<string, string>> = {
  'docs/your-bot.md': 'examples',
  'docs/copilot-studio.md': 'copilotStudio',
  'docs/copilot-studio-topics.md': 'copilotStudioTopics',
};

function testOf(file: string): string {
  return `tests/docs/${others[file] ?? file.replace(/^docs\/|\.md$/g, '')}.test.ts`;
}
