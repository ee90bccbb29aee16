import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Viewer } from './webPage.ts';

/** The two ends between which people's screens, languages and tastes lie: what holds for both holds for everybody. */
export const everybody: readonly [what: string, viewer: Viewer][] = [
  ['light, wide', { colorScheme: 'light' }],
  [
    'dark, narrow, from right to left',
    { colorScheme: 'dark', locale: 'ar', viewport: { width: 360, height: 800 } },
  ],
];

/** Fails where a page is wider than its window. */
export async function assertFits(page: Page): Promise<void> {
  const tooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  assert.equal(tooWide, false, 'something stands out at the side');
}
