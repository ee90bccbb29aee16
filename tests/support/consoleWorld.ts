import assert from 'node:assert/strict';
import type { Browser, Locator, Page } from 'playwright-core';
import { type ApiHost, startApiHost } from './apiHost.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { need } from './needs.ts';
import { openWebPage, type Viewer, type WebPage } from './webPage.ts';

/** A host and a browser, and what people do on its pages. */
export interface ConsoleWorld {
  readonly api: ApiHost;
  /** What the browser tells of what a test has refused or cut off; it is forgotten with the pages. */
  refused: RegExp | undefined;
  /** Opens a page, in a browser of its own. */
  open(path: string, viewer?: Viewer, url?: string): Promise<Page>;
  /** Opens the console and signs in by its form. */
  signIn(name: string, url?: string): Promise<Page>;
  /** Sets the policy of the simulator's channel. */
  setPolicy(document: object): Promise<void>;
  /** A customer of whom nobody has heard. */
  nextCustomer(): string;
  /** Closes the pages, and fails where one told of an error or asked a foreign host. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

let number = 4915550001100;

/** Starts both, or skips the suite where there is no browser. */
export async function startConsoleWorld(
  suite: Parameters<typeof need>[0],
  settings: NodeJS.ProcessEnv = {},
): Promise<ConsoleWorld> {
  const browser: Browser = await launchChromium(
    need(suite, findChromium(), 'Chromium or Chrome on the PATH'),
  );
  const api = await startApiHost(settings);
  const opened: WebPage[] = [];
  const world: ConsoleWorld = {
    api,
    refused: undefined,
    async open(path, viewer = {}, url = api.host.url) {
      const web = await openWebPage(browser, url, path, viewer);
      opened.push(web);
      return web.page;
    },
    async signIn(name, url) {
      const page = await world.open('/', {}, url);
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('Administrator’s key').fill(api.key);
      await page.getByLabel('Administrator’s key').press('Enter');
      return page;
    },
    async setPolicy(document) {
      const { status } = await fetch(`${api.host.url}/api/v1/policies/channel/simulator`, {
        method: 'PUT',
        headers: { 'x-api-key': api.key },
        body: JSON.stringify(document),
      });
      assert.equal(status, 200);
    },
    nextCustomer() {
      number += 1;
      return String(number);
    },
    async closePages() {
      const { refused } = world;
      world.refused = undefined;
      for (const web of opened.splice(0)) {
        await web.close();
        web.assertClean(refused);
      }
    },
    async close() {
      await browser.close();
      await api.close();
    },
  };
  return world;
}

/** A customer's row in the list. */
export const row = (page: Page, customer: string): Locator =>
  page.getByRole('option').filter({ has: page.locator('.customer', { hasText: customer.slice(-2) }) });

/** Presses a button of the banner that says who holds the conversation. */
export const act = (page: Page, name: string): Promise<void> =>
  page.locator('bt-handoff-banner .banner fluent-button', { hasText: name }).click();

/** A message in the conversation that is open. */
export const bubble = (page: Page, text: string): Locator => page.locator('bt-bubble', { hasText: text });

/** Waits for ticks. */
export const ticks = (of: Locator, name: string | RegExp): Promise<void> =>
  of.getByRole('img', { name }).waitFor();

/** Where the agent writes. */
export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Write a message' });

/** Writes as the agent. */
export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}
