import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { assertAccessible } from '../support/axe.ts';
import {
  act,
  bubble,
  type ConsoleWorld,
  composer,
  row,
  say,
  startConsoleWorld,
  ticks,
} from '../support/consoleWorld.ts';
import { layLine } from '../support/cuttableLine.ts';

const picture = join(import.meta.dirname, '..', '..', 'bot', 'dialogs', 'pictures', 'map.png');
const hourMs = 60 * 60 * 1000;

/** A second of silence: what every browser plays. */
function silence(): Buffer {
  const samples = Buffer.alloc(8000);
  const head = Buffer.from('RIFF    WAVEfmt                     data    ');
  head.writeUInt32LE(36 + samples.length, 4);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples.fill(128)]);
}

describe('an agent’s work in a browser', function () {
  this.timeout(40_000);
  let world: ConsoleWorld;
  before(async function () {
    world = await startConsoleWorld(this);
  });
  after(() => world?.close());
  afterEach(async () => {
    await world.closePages();
    await world.setPolicy({});
  });

  /** A customer who waits in the queue, and the console of an agent. */
  async function waiting(text: string) {
    const customer = world.nextCustomer();
    const phone = world.api.simulator.phone(customer);
    phone.say(text);
    await world.api.simulator.idle();
    return { customer, phone };
  }
  /** Waits until the window has a title: its text is none that a locator finds. */
  const titled = (page: Page, title: string) =>
    page.evaluate(`new Promise(resolve => {
      const look = () => document.title === ${JSON.stringify(title)} && resolve();
      new MutationObserver(look).observe(document.head, { subtree: true, childList: true, characterData: true });
      look();
    })`);
  /** A button with an icon. */
  const button = (page: Page, name: string) => page.locator(`fluent-button[aria-label="${name}"]`);
  const focused = (page: Page) =>
    page.evaluate(`(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getAttribute('role') ?? element?.localName;
    })()`);

  it('is done by keys alone: who waits longest, the next one, back to the list', async () => {
    const first = await waiting('a person, please');
    const second = await waiting('an agent, please');
    const page = await world.signIn('Ada');
    await row(page, first.customer).getByText('waits longest').waitFor();
    assert.equal(await row(page, second.customer).getByText('waits longest').count(), 0);
    await titled(page, '(2) Conversations · Bluetick');
    await page.getByText('2 waiting in the queue').waitFor();

    await page.keyboard.press('Alt+Shift+ArrowDown');
    await bubble(page, 'a person, please').waitFor();
    await titled(page, '(1) Conversations · Bluetick');
    await composer(page).pressSequentially('Hello');
    await page.keyboard.press('Alt+ArrowUp');
    await bubble(page, 'an agent, please').waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await bubble(page, 'a person, please').waitFor();
    assert.equal(await composer(page).inputValue(), 'Hello', 'what was begun is still there');
    await page.keyboard.press('Escape');
    assert.equal(await focused(page), 'listbox');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await bubble(page, 'an agent, please').waitFor();

    await button(page, 'Templates').click();
    await page.locator('bt-template-picker select').waitFor();
    await titled(page, 'Conversations · Bluetick');
    await page.keyboard.press('Escape');
    await composer(page).waitFor();
    assert.equal(await focused(page), 'textarea');
    const skip = page.getByRole('button', { name: 'Skip to content' });
    await skip.focus();
    await assertAccessible(page, 'with the way past the navigation');
    const box = await skip.boundingBox();
    assert.ok(box !== null && box.x >= 0 && box.y >= 0, 'who reaches it sees it');
    for (const { phone } of [first, second])
      await world.api.call('POST', `/conversations/${await conversationOf(phone)}/agent-events`, {
        event: 'closed',
      });
  });

  async function conversationOf({ business, customer }: { business: string; customer: string }) {
    const found = await world.api.host.app.store.conversation({ channel: 'simulator', business, customer });
    return String(found?.id);
  }

  it('marks one message read by hand, tells how that came about, and hands the customer on, and back to the bot', async () => {
    await world.setPolicy({ read: { when: 'manual' } });
    const { customer, phone } = await waiting('somebody, please');
    const page = await world.open(`/#key=${world.api.key}`);
    await row(page, customer).click();
    const said = bubble(page, 'somebody, please');
    await said.getByText('Unread until somebody marks it').waitFor();
    await said.getByRole('button', { name: 'Mark read now' }).click();
    await said.getByText(/Read, blue since/).waitFor();
    assert.equal(phone.messages.find(({ from }) => from === 'customer')?.tick, 'read');
    await said.getByRole('button', { name: 'Why?' }).click();
    const steps = page.getByRole('dialog', { name: 'How this receipt came about' });
    for (const step of ['The provider took it.', 'Asked for by hand', 'By the policy'])
      await steps.getByText(step).first().waitFor();
    await assertAccessible(page, 'how a receipt came about');
    await page.keyboard.press('Escape');
    await act(page, 'Transfer');
    await page.getByRole('dialog').getByRole('combobox').fill('Grace');
    await page.getByRole('dialog').locator('fluent-button', { hasText: 'Transfer' }).click();
    // Whoever transfers leaves; in the list one goes on.
    await page.getByText('Choose a conversation.').waitFor();
    assert.equal(await focused(page), 'listbox');
    await row(page, customer).click();
    await page.getByText('Waits for Grace.').waitFor();
    await act(page, 'Back to the bot');
    await page.getByText('The bot answers this customer.').waitFor();
    phone.say('thanks');
    await bubble(page, 'Ride safely').waitFor();
  });

  it('shows what customers send, refuses a file that is none, and sends one that is', async () => {
    const { customer, phone } = await waiting('somebody, please');
    const page = await world.signIn('Ada');
    await row(page, customer).click();
    await page.getByText('You hold this conversation.').waitFor();
    phone.sendFile('audio', silence(), { contentType: 'audio/wav' });
    phone.sendFile('document', Buffer.from('%PDF-1.4'), {
      contentType: 'application/pdf',
      fileName: 'bill.pdf',
    });
    phone.send('location', { location: { latitude: 54.3, longitude: 10.1, name: 'The quay' } });
    const deleted = phone.say('I take this back');
    await bubble(page, 'I take this back').waitFor();
    phone.revoke(deleted.id);
    await page.getByText(/^Deleted at/).waitFor();
    await bubble(page, 'The quay').waitFor();
    await page.getByRole('link', { name: 'bill.pdf' }).waitFor();
    await page.locator('bt-media audio').waitFor();

    world.refused = /status of 4\d\d/;
    const file = page.locator('bt-composer input[type=file]');
    await file.setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await page.locator('bt-attachment').getByRole('alert').waitFor();
    await assertAccessible(page, 'a file that is refused');
    await button(page, 'Remove the file').click();
    await file.setInputFiles(picture);
    await page.getByRole('textbox', { name: 'Add a caption' }).fill('Here we are');
    await page.locator('bt-attachment progress').waitFor({ state: 'detached' });
    await page.getByRole('textbox', { name: 'Add a caption' }).press('Enter');
    const sent = await phone.waitFor(({ messages }) => messages.find(({ text }) => text === 'Here we are'));
    assert.equal(sent.type, 'image');
    const quote = phone.say('Is that the blue house?', { replyTo: sent.id });
    await bubble(page, 'the blue house').locator('blockquote', { hasText: 'Here we are' }).waitFor();
    phone.react(sent.id, '👍');
    await bubble(page, 'Here we are').getByRole('img', { name: 'The customer reacted with 👍' }).waitFor();
    await say(page, 'Yes');
    phone.reachable = false;
    await say(page, 'Ring the bell');
    await bubble(page, 'Ring the bell').getByText('Not delivered: the customer cannot be reached').waitFor();
    await ticks(bubble(page, 'Ring the bell'), 'Failed');
    await assertAccessible(page, 'messages of every kind');
    assert.equal(quote.tick, 'read');
  });

  it('has templates instead, where the window is over', async () => {
    const customer = world.nextCustomer();
    const phone = world.api.simulator.phone(customer);
    phone.say('agent, please', { at: Date.now() - 25 * hourMs });
    await world.api.simulator.idle();
    await world.api.call('POST', `/conversations/${await conversationOf(phone)}/handoff`, {});
    const page = await world.open(`/#key=${world.api.key}`, { colorScheme: 'dark', locale: 'de' });
    await row(page, customer).click();
    await page.getByText('Die 24 Stunden seit der letzten').waitFor();
    await page.getByLabel('customer').fill('Anna');
    await page.getByLabel('time').fill('18 today');
    await assertAccessible(page, 'a window that is over, in the dark');
    await page.getByLabel('time').press('Enter');
    await phone.waitFor(({ messages }) => messages.some(({ type }) => type === 'template'));
    await bubble(page, 'Hello Anna').waitFor();
  });

  it('keeps the place of whoever reads above, and what they write, though the host was started anew', async () => {
    const { customer, phone } = await waiting('a human, please');
    for (let count = 0; count < 40; count += 1) phone.say(`Number ${count}`);
    await world.api.simulator.idle();
    const line = await layLine(world.api.host.url);
    const page = await world.signIn('Ada', line.url);
    await row(page, customer).click();
    await bubble(page, 'Number 39').waitFor();
    await composer(page).fill('A long answer');
    await page.locator('bt-thread .scroller').hover();
    await page.mouse.wheel(0, -800);
    await button(page, 'To the newest message').waitFor();
    const placeOf = async () => (await bubble(page, 'Number 25').boundingBox())?.y;
    const place = await placeOf();

    world.refused = /WebSocket connection|net::ERR_/;
    line.cut();
    await page.getByText('Connection lost').waitFor();
    await world.api.restart();
    world.api.simulator.phone(customer).say('While you were away');
    line.mend(world.api.host.url);
    await page.getByText('Connection lost').waitFor({ state: 'hidden' });
    await bubble(page, 'While you were away').waitFor({ state: 'attached' });
    assert.equal(await placeOf(), place);
    assert.equal(await composer(page).inputValue(), 'A long answer');
    await button(page, 'To the newest message').click();
    await bubble(page, 'While you were away').waitFor();
    await line.close();
  });
});
