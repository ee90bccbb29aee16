import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { assertAccessible } from '../support/axe.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { need } from '../support/needs.ts';
import { openWebPage, type Viewer, type WebPage } from '../support/webPage.ts';

const picture = join(import.meta.dirname, '..', '..', 'bot', 'dialogs', 'pictures', 'map.png');

describe('the customer’s phone in a browser', function () {
  this.timeout(30_000);
  let browser: Browser | undefined;
  let api: ApiHost;
  let web: WebPage;
  let page: Page;
  let number = 4915550001111;
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

  /** Opens the phone of a customer who has not written yet, with the chat on its screen. */
  async function open(viewer: Viewer = {}) {
    if (browser === undefined) throw new Error('there is no browser');
    number += 1;
    web = await openWebPage(browser, api.host.url, `/phone#/${number}`, viewer);
    page = web.page;
    await page.getByRole('log').waitFor();
    return api.simulator.phone(String(number));
  }
  const field = () => page.getByRole('textbox', { name: 'Message' });
  async function write(text: string) {
    await field().fill(text);
    await field().press('Enter');
  }
  const bubble = (text: string) => page.locator('bt-phone-bubble', { hasText: text });
  const ticks = (of: Locator, name: 'Waiting' | 'Sent' | 'Delivered' | 'Read') =>
    of.getByRole('img', { name, exact: true }).waitFor();
  const turn = (name: string) => page.getByRole('switch', { name }).click();
  const story = (what: string) => page.locator('bt-phone-story li', { hasText: what }).first().waitFor();
  const simulatorsPolicy = async (method: 'PUT' | 'DELETE', document?: object) => {
    const { status } = await fetch(`${api.host.url}/api/v1/policies/channel/simulator`, {
      method,
      headers: { 'x-api-key': api.key },
      ...(document && { body: JSON.stringify(document) }),
    });
    assert.equal(status, 200);
  };

  it('shows one grey tick, two, and two blue when the business marks the message read', async () => {
    await simulatorsPolicy('PUT', { read: { when: 'manual' } });
    const phone = await open();
    const how = { type: 'reverse', count: 2 } as const;
    api.simulator.faults.webhooks({ about: 'messages', times: 2, how });
    await write('thanks');
    await ticks(bubble('thanks'), 'Sent');
    api.simulator.faults.clear();
    await ticks(bubble('thanks'), 'Delivered');
    await bubble('Ride safely').waitFor();
    const messageId = phone.messages[0]?.id;
    assert.equal((await api.call('POST', '/receipts', { channel: 'simulator', messageId })).status, 200);
    await ticks(bubble('thanks'), 'Read');
    await story('Blue ticks');
    await simulatorsPolicy('DELETE');
  });

  it('shows typing, in the header and as a bubble, until the answer comes', async () => {
    await simulatorsPolicy('PUT', { reply: { delay: { minMs: 1000 } } });
    await open();
    await write('thanks');
    await page.locator('.presence', { hasText: 'typing…' }).waitFor();
    await page.locator('div.typing').waitFor();
    await bubble('Ride safely').waitFor();
    await page.locator('.presence', { hasText: 'Business account' }).waitFor();
    assert.equal(await page.locator('div.typing').count(), 0);
    await simulatorsPolicy('DELETE');
  });

  it('sends three at once, a picture with words, and presses a button; quotes, reacts and deletes', async () => {
    const phone = await open();
    await page.getByRole('button', { name: 'Send three fast' }).click();
    await ticks(bubble('When are you open?'), 'Read');
    await bubble('Ride safely').waitFor();
    await page.getByRole('button', { name: 'Where are you?' }).click();
    await page.getByRole('img', { name: /^Dock Street 7/ }).waitFor();

    await page.locator('input[type=file]').setInputFiles(picture);
    await page.getByText('map.png').waitFor();
    await write('My way');
    const own = page.getByRole('img', { name: 'My way' });
    await own.waitFor();
    assert.ok(await own.evaluate(image => (image as unknown as { complete: boolean }).complete));

    await page.getByRole('button', { name: 'I would like to book' }).click();
    await page.getByRole('button', { name: 'Puncture' }).click();
    // By its case: the bubble with “a puncture” is another.
    await page.locator('bt-phone-bubble[own]', { hasText: /Puncture/ }).waitFor();
    assert.equal(phone.messages.findLast(({ from }) => from === 'customer')?.type, 'interactive');

    const mine = bubble('Where are you?').and(page.locator('[own]'));
    await mine.getByRole('button', { name: 'What can be done' }).click();
    await assertAccessible(page, 'with what can be done with a message');
    await mine.getByRole('button', { name: 'React with 👍' }).click();
    await mine.getByRole('img', { name: 'Your reaction: 👍' }).waitFor();
    await mine.getByRole('button', { name: 'What can be done' }).click();
    await mine.getByRole('button', { name: 'Reply' }).click();
    await page.getByText('Reply to: Where are you?').waitFor();
    await write('I mean the workshop');
    await bubble('I mean the workshop').locator('.quote', { hasText: 'Where are you?' }).waitFor();

    await bubble('My way').getByRole('button', { name: 'What can be done' }).click();
    await page.getByRole('button', { name: 'Delete for everyone' }).click();
    await bubble('You deleted this message').waitFor();
    await story('Message deleted');
    assert.equal(await own.count(), 0);
  });

  it('goes offline: a clock, and everything when it is back', async () => {
    const phone = await open();
    const conversation = await api.conversationWith(phone);
    await turn('Phone is online');
    await page.getByText('Waiting for network…').waitFor();
    await write('Where are you?');
    await ticks(bubble('Where are you?'), 'Waiting');
    await api.call('POST', `/conversations/${conversation}/messages`, { text: 'Are you there?' });
    await phone.waitFor(({ messages }) => messages.some(({ isAway }) => isAway));
    assert.equal(await bubble('Are you there?').count(), 0);
    await turn('Phone is online');
    await bubble('Are you there?').waitFor();
    await ticks(bubble('Where are you?'), 'Read');
  });

  it('is read by the business’s messages only while the chat is open and receipts are on', async () => {
    const phone = await open();
    const conversation = await api.conversationWith(phone);
    const told = async (text: string) => {
      const { body } = await api.call('POST', `/conversations/${conversation}/messages`, { text });
      await api.until(`/messages/${body.ref}`, ({ level }) => level === 'delivered' || level === 'read');
      return api.until(`/messages/${body.ref}`, () => true);
    };
    await turn('Read receipts are on');
    await phone.waitFor(({ readReceipts }) => !readReceipts);
    assert.equal((await told('The first')).level, 'delivered');
    await turn('Read receipts are on');
    await page.getByRole('button', { name: 'Leave the chat' }).click();
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();
    const second = await told('The second');
    assert.equal(second.level, 'delivered');
    await page.getByText('1 unread').waitFor();
    await assertAccessible(page, 'the list of chats');
    await page.getByRole('button', { name: 'Open the chat' }).click();
    await bubble('The second').waitFor();
    await api.until(`/messages/${second.ref}`, ({ level }) => level === 'read');
  });

  it('changes hands: another customer, another chat', async () => {
    const phone = await open();
    await write('hello');
    await bubble('Ask me about').waitFor();
    await page.getByRole('combobox', { name: 'Customer' }).selectOption({ label: 'Ben (+4915550002222)' });
    await page.getByText('No messages yet').waitFor();
    await phone.waitFor(({ isOpen }) => !isOpen);
    await page.goBack();
    await bubble('Ask me about').waitFor();
  });

  async function openWithChoices(viewer: Viewer): Promise<void> {
    const phone = await open(viewer);
    phone.say('I would like to book');
    await bubble('What is to be done').waitFor();
    await page.locator('bt-ticks[ticks=read]').waitFor();
  }

  it('can be used by everybody in the light, in the dark, and on 360 pixels', async () => {
    await openWithChoices({ colorScheme: 'light' });
    await assertAccessible(page, 'in the light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await assertAccessible(page, 'in the dark');
    await page.setViewportSize({ width: 360, height: 700 });
    await page.locator('bt-phone-chat .settings').click();
    await page.getByRole('switch').first().waitFor();
    await assertAccessible(page, 'the panel on 360 pixels');
    await page.keyboard.press('Escape');
    await field().waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
    await assertAccessible(page, 'on 360 pixels');
  });

  it('can be used by everybody from right to left', async () => {
    await openWithChoices({ colorScheme: 'dark', locale: 'ar' });
    await assertAccessible(page, 'from right to left');
  });
});
