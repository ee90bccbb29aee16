import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core says of a page by the rules of WCAG 2.2, levels A and AA, and by its good practices. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails where a page, as it is now, can be used by some people only; tells each rule with the elements that break it. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  // It is run by the debugger, not by the page, whose policy forbids foreign scripts.
  await page.evaluate(source);
  const { violations } = (await page.evaluate(
    only =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly: only,
        resultTypes: ['violations'],
      }),
    tags,
  )) as AxeResults;
  const found = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n    ${nodes.map(({ html }) => html.slice(0, 200)).join('\n    ')}`,
  );
  assert.deepEqual(found, [], `${what}:\n${found.join('\n')}`);
}
