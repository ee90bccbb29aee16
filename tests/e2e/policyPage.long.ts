import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { assertAccessible } from '../support/axe.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { assertFits, everybody } from '../support/everybody.ts';
import { need } from '../support/needs.ts';
import { sessionsOf, signedInAs } from '../support/signedIn.ts';
import { openWebPage, type Viewer, type WebPage } from '../support/webPage.ts';

const policyBook = {
  default: { reply: { delay: { minMs: 800 } } },
  workstreams: {
    repairs: { match: { businesses: ['106540352242922'] }, policy: { read: { when: 'replying' } } },
  },
};

describe('the policy page in a browser', function () {
  this.timeout(30_000);
  let folder: string;
  let browser: Browser | undefined;
  let api: ApiHost;
  let web: WebPage;
  let page: Page;
  before(async function () {
    browser = await launchChromium(need(this, findChromium(), 'Chromium or Chrome on the PATH'));
    folder = await mkdtemp(join(tmpdir(), 'bluetick-policy-page-'));
    const file = join(folder, 'policy.json');
    await writeFile(file, JSON.stringify(policyBook));
    api = await startApiHost({ BLUETICK_POLICY: file });
  });
  after(async () => {
    await browser?.close();
    await api?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  afterEach(() => web?.close());

  /** Signs in with a role and goes to the settings of a scope. */
  async function open(
    scope = '',
    viewer: Viewer = {},
    role: 'administrator' | 'supervisor' = 'administrator',
  ) {
    if (browser === undefined) throw new Error('there is no browser');
    web = await openWebPage(browser, api.host.url, `/#key=${api.key}`, viewer);
    page = web.page;
    await page.locator('nav').waitFor();
    if (role !== 'administrator') {
      const { cookie } = await signedInAs(sessionsOf(api.key, api.host.app.store), role, 'Sam');
      const [name = '', value = ''] = cookie.split('=');
      await page.context().addCookies([{ name, value, url: api.host.url }]);
      await page.reload();
    }
    await page.goto(`${api.host.url}/#/policy${scope}`);
    await row('read.when').waitFor();
  }
  const row = (path: string) => page.locator('bt-policy-field').filter({ hasText: path });
  const step = (what: string) =>
    page
      .locator('bt-policy-preview li')
      .filter({ has: page.locator('div', { hasText: new RegExp(`^\\s*${what}`) }) });
  const document = async (scope: string) => (await api.call('GET', `/policies/${scope}`)).body;

  it('shows of each field what holds, where that comes from, and whether it is set here', async () => {
    await open('/workstream/repairs');
    const when = row('read.when');
    await when.getByText('Set here').waitFor();
    assert.equal(await when.getByLabel('Moment', { exact: true }).inputValue(), 'replying');
    const wait = row('reply.delay.minMs');
    assert.equal(await wait.getByLabel('Wait at least', { exact: true }).inputValue(), '0.8');
    await wait.getByText('= 800 ms').waitFor();
    await row('typing.show').getByText('Built-in default').waitFor();
    // The way to where it comes from.
    await wait.getByRole('link', { name: 'Everything (default)' }).click();
    await page.waitForURL('**/#/policy');
    await row('reply.delay.minMs').getByText('Set here').waitFor();
    web.assertClean();
  });

  it('draws what the customer would see while one edits, saves it, and goes back to the file', async () => {
    await open('/workstream/repairs');
    await step('The reply goes out').getByText('1.8 sec').waitFor();
    await row('read.delay.minMs').getByLabel('Wait at least', { exact: true }).fill('2.5');
    await step('The ticks turn blue').getByText('3.5 sec').waitFor();
    await page.getByRole('img', { name: /The ticks turn blue: 3.5 sec/ }).waitFor();
    await page.getByText('Not saved').waitFor();
    assert.equal((await document('workstream/repairs')).source, 'file', 'a preview keeps nothing');

    await page.locator('fluent-button', { hasText: 'Save' }).click();
    await page.getByText('Saved: it holds').waitFor();
    assert.deepEqual(await document('workstream/repairs'), {
      document: { read: { when: 'replying', delay: { minMs: 2500 } } },
      source: 'stored',
    });
    await row('read.delay.minMs').locator('fluent-button', { hasText: 'Clear' }).click();
    await step('The ticks turn blue').getByText('1 sec').waitFor();
    await page.locator('fluent-button', { hasText: 'Discard changes' }).click();
    await page.locator('.actions fluent-button', { hasText: 'Back to the file' }).click();
    await page.getByRole('dialog').locator('fluent-button', { hasText: 'Back to the file' }).click();
    await page.getByText('What was saved here is gone.').waitFor();
    assert.equal((await document('workstream/repairs')).source, 'file');
    web.assertClean();
  });

  it('shows a refusal beside its field, and takes it away when it is mended', async () => {
    await open('/channel/simulator');
    await row('read.when').getByLabel('Moment', { exact: true }).selectOption('never');
    const show = row('typing.show');
    await show.getByLabel('Show typing', { exact: true }).uncheck();
    await show.getByLabel('Show typing', { exact: true }).check();
    await show.getByRole('alert').filter({ hasText: 'typing marks messages read on this channel' }).waitFor();
    await page.getByText('What is entered cannot be').waitFor();
    await show.getByLabel('Show typing', { exact: true }).uncheck();
    await show.getByRole('alert').waitFor({ state: 'detached' });
    await page.locator('bt-policy-preview li', { hasText: 'typing is suppressed' }).waitFor();
    // What is not saved is still there after one has looked elsewhere.
    await page.goto(`${api.host.url}/#/policy`);
    await row('reply.delay.minMs').getByText('Set here').waitFor();
    await page.goBack();
    await row('read.when').getByText('Set here').waitFor();
    assert.equal((await document('channel/simulator')).source, 'none');
  });

  it('says which settings are nearer to the customer', async () => {
    await open();
    await row('read.when').getByLabel('Moment', { exact: true }).selectOption('manual');
    await page.getByText('Moment: here it comes from Workstream repairs').waitFor();
    web.assertClean();
  });

  it('lets a supervisor change a team’s settings, and look at everybody’s', async () => {
    await open('', {}, 'supervisor');
    await page.getByText('only an administrator may change this').waitFor();
    assert.equal(await row('read.when').getByLabel('Moment', { exact: true }).isDisabled(), true);
    assert.equal(await page.locator('fluent-button', { hasText: 'Save' }).count(), 0);
    await page.getByLabel('Settings of').selectOption('workstream/repairs');
    await row('read.when').getByText('Set here').waitFor();
    assert.equal(await row('read.when').getByLabel('Moment', { exact: true }).isDisabled(), false);
    web.assertClean();
  });

  for (const [what, viewer] of everybody) {
    it(`can be used by everybody: ${what}`, async () => {
      await open('/workstream/repairs', viewer);
      await page.getByRole('img').first().waitFor();
      await assertAccessible(page, what);
      await assertFits(page);
      web.assertClean();
    });
  }
});
