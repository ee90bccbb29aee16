import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { hourMs, hourOf } from '../../middleware/acknowledgements/figures/names.ts';
import { binOf } from '../../middleware/acknowledgements/figures/sketch.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { assertAccessible } from '../support/axe.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { assertFits, everybody } from '../support/everybody.ts';
import { need } from '../support/needs.ts';
import { openWebPage, type Viewer, type WebPage } from '../support/webPage.ts';

/** As much of a canvas as is looked at: the tests know no DOM. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
  };
}

describe('the insights page in a browser', function () {
  this.timeout(30_000);
  let browser: Browser | undefined;
  let api: ApiHost;
  let web: WebPage;
  let page: Page;
  before(async function () {
    browser = await launchChromium(need(this, findChromium(), 'Chromium or Chrome on the PATH'));
    api = await startApiHost();
  });
  after(async () => {
    await browser?.close();
    await api?.close();
  });
  afterEach(async () => {
    await web.close();
    web.assertClean();
  });

  async function open(viewer: Viewer = {}) {
    if (browser === undefined) throw new Error('there is no browser');
    web = await openWebPage(browser, api.host.url, `/#key=${api.key}`, viewer);
    page = web.page;
    await page.locator('nav a[href="#/insights"]').click();
  }
  const choice = (label: string) => page.locator('label', { hasText: label }).locator('select');
  const chart = (title: string) => page.locator('bt-duration-chart').filter({ hasText: title });

  it('says so where no message was in the period', async () => {
    await open();
    await page.getByText('No message in this period.').waitFor();
    await assertAccessible(page, 'nothing to show');
  });

  describe('with figures', () => {
    before(async () => {
      const hour = hourOf(Date.now());
      const here = { channel: 'simulator', business: api.business } as const;
      const there = { channel: 'meta', business: 'b2' } as const;
      const figures = [1, 2, 3, 5].flatMap(ago => [
        { ...here, hour: hour - ago * hourMs, name: 'receiptWait', bin: binOf(700), count: 9 },
        { ...here, hour: hour - ago * hourMs, name: 'receiptWait', bin: binOf(5000), count: 1 },
        { ...here, hour: hour - ago * hourMs, name: 'delivery', bin: binOf(1500), count: 10 },
        { ...here, hour: hour - ago * hourMs, name: 'accepted', bin: 0, count: 10 },
        { ...there, hour: hour - ago * hourMs, name: 'accepted', bin: 0, count: 5 },
        { ...here, hour: hour - ago * hourMs, name: 'failed:131026', bin: 0, count: 2 },
        { ...here, hour: hour - ago * hourMs, name: 'failed', bin: 0, count: 2 },
      ]);
      await api.host.app.store.addFigures([
        ...figures,
        { ...here, hour: hour - 20 * 24 * hourMs, name: 'accepted', bin: 0, count: 100 },
      ]);
    });

    it('draws charts, with their numbers as a table', async () => {
      await open();
      const blue = chart('Time to blue');
      await blue.locator('canvas').waitFor();
      assert.equal(await page.locator('bt-duration-chart canvas').count(), 2, 'of what was measured');
      await blue.getByText('Show the numbers').click();
      assert.equal(await blue.getByRole('row').count(), 5);
      await blue
        .getByRole('row')
        .nth(1)
        .getByText(/^(69\d|70\d) ms$/)
        .first()
        .waitFor();
      const drawn = await blue.locator('canvas').evaluate(canvas => {
        const drawing = canvas as unknown as Canvas;
        const { width, height } = drawing;
        return drawing.getContext('2d').getImageData(0, 0, width, height).data.some(Boolean);
      });
      assert.equal(drawn, true);
    });

    it('tells failures in words, of the period and the business that are chosen', async () => {
      await open();
      await page.getByRole('row', { name: /131026.*The customer cannot be reached.*8/ }).waitFor();
      const sent = page.locator('dl.counts div', { hasText: /^Sent/ });
      await sent.getByText('60', { exact: true }).waitFor();
      await choice('Business').selectOption('b2');
      await sent.getByText('20', { exact: true }).waitFor();
      await page.getByText('Nothing failed in this period.').waitFor();
      await choice('Business').selectOption('');
      await choice('Period').selectOption('month');
      await sent.getByText('160', { exact: true }).waitFor();
      await choice('Period').selectOption('own');
      await page.getByLabel('To', { exact: true }).fill('2019-01-01T00:00');
      await page.getByText('The end must come after the beginning.').waitFor();
    });

    it('warns where messages take longer than they do', async () => {
      await open();
      await chart('Time to blue').locator('canvas').waitFor();
      // What an hour of slow deliveries makes of the answer; that it does is tested where it is made.
      await page.route('**/api/v1/insights?*', async route => {
        const response = await route.fetch();
        const body = (await response.json()) as { businesses: object[] };
        const velocity = { slow: true, recentMs: 90_000, baselineMs: 1500 };
        const businesses = body.businesses.map((each, place) => (place === 0 ? { ...each, velocity } : each));
        await route.fulfill({ response, json: { ...body, businesses } });
      });
      await choice('Period').selectOption('month');
      await page.getByRole('alert').getByText('90 sec').waitFor();
      await assertAccessible(page, 'with an alarm');
    });

    it('gives its numbers as CSV, to the clipboard and as a file', async () => {
      await open();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await chart('Time to blue').locator('canvas').waitFor();
      await page.locator('fluent-button', { hasText: 'Copy as CSV' }).click();
      await page.getByText('Copied.').waitFor();
      const copied = String(await page.evaluate('navigator.clipboard.readText()'));
      const lines = copied.trim().split(/\r?\n/);
      assert.match(lines[0] ?? '', /^from,receiptWait\.count,/);
      assert.match(lines.at(-1) ?? '', /^total,40,/);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('fluent-button', { hasText: 'Download CSV' }).click(),
      ]);
      assert.match(download.suggestedFilename(), /^bluetick-\d{4}-\d\d-\d\d\.csv$/);
      const saved = await readFile(await download.path(), 'utf8');
      assert.deepEqual(saved.trim().split('\r\n').length, lines.length);
    });

    for (const [what, viewer] of everybody) {
      it(`can be used by everybody: ${what}`, async () => {
        await open(viewer);
        await page.locator('bt-duration-chart canvas').first().waitFor();
        await page.locator('bt-duration-chart summary').first().click();
        await assertAccessible(page, what);
        await assertFits(page);
      });
    }
  });
});
