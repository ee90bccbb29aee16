import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page of the host in a browser of its own, as a person at another machine has it. */
export interface WebPage {
  readonly page: Page;
  /**
   * Fails where the page told of an error, or asked anybody but the host.
   *
   * @param except what the browser itself tells of a refusal that a test asks for
   */
  assertClean(except?: RegExp): void;
  close(): Promise<void>;
}

/** How a person's browser differs. */
export type Viewer = Pick<BrowserContextOptions, 'colorScheme' | 'locale' | 'reducedMotion' | 'viewport'>;

/** How long a page may take to show what is waited for, in milliseconds. */
const withinMs = 10_000;

/**
 * Opens a page of a host.
 *
 * @param url the host's
 * @param path of the page; behind `#` what only the page sees
 */
export async function openWebPage(
  browser: Browser,
  url: string,
  path: string,
  viewer: Viewer = {},
): Promise<WebPage> {
  const context = await browser.newContext({
    locale: 'en',
    reducedMotion: 'reduce',
    viewport: { width: 1400, height: 900 },
    ...viewer,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(withinMs);
  const wrong: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text());
  });
  page.on('pageerror', error => wrong.push(String(error)));
  page.on('request', request => {
    const asked = new URL(request.url());
    if (!['blob:', 'data:'].includes(asked.protocol) && asked.host !== new URL(url).host)
      wrong.push(`asked ${asked.origin}`);
  });
  await page.goto(new URL(path, url).href);
  return {
    page,
    assertClean: except => assert.deepEqual(except ? wrong.filter(told => !except.test(told)) : wrong, []),
    close: () => context.close(),
  };
}
