/**
 * The code blocks of the Markdown pages that users read, for the tests that run them.
 *
 * @module
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** One block. */
export interface Block {
  /** The page, from the project's folder. */
  readonly file: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  /** What stands behind the fence, `''` where nothing does. */
  readonly language: string;
  /** Its lines, without the indentation of a list. */
  readonly text: string;
  /** The name in `<!-- run: name -->` before it: the page's own test runs it. */
  readonly run: string | undefined;
}

/** Every block of every page, in order. */
export const blocks: readonly Block[] = globSync(
  ['*.md', 'docs/*.md', 'deploymentTemplates/**/*.md', 'examples/**/*.md'],
  { cwd: root },
)
  .sort()
  .flatMap(file => [...blocksOf(file, readFileSync(join(root, file), 'utf8'))]);

function* blocksOf(file: string, page: string): Generator<Block> {
  const form = /(?:^ *<!-- run: (.+?) -->\n)?^( *)```(\w*)\n([\s\S]*?)^\2```$/gm;
  for (const {
    index,
    0: whole,
    1: run,
    2: indentation = '',
    3: language = '',
    4: lines = '',
  } of page.matchAll(form)) {
    const fence = index + whole.indexOf('```');
    yield {
      file,
      line: page.slice(0, fence).split('\n').length,
      language,
      text: lines.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
      run,
    };
  }
}

/** Where a block stands, for messages. */
export function placeOf({ file, line }: Block): string {
  return `${file}:${line}`;
}

/** Names a block by its page and the words that it begins with: lines move, and these stay. */
export interface BlockName {
  readonly file: string;
  readonly begins: string;
}

/** Whether it is the one that is named so. */
export function isNamed({ file, text }: Block, name: BlockName): boolean {
  return file === name.file && text.startsWith(name.begins);
}

/** The commands of a shell block: without comments, continued lines as one. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.replace(/(^|\s)# .*$/, '').trim())
    .filter(line => line !== '');
}
