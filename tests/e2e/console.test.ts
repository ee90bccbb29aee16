import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { assertAccessible } from '../support/axe.ts';
import {
  act,
  bubble,
  type ConsoleWorld,
  row,
  say,
  startConsoleWorld,
  ticks,
} from '../support/consoleWorld.ts';
import { type CuttableLine, layLine } from '../support/cuttableLine.ts';

/** What an agent and a customer see, each in a browser of their own. */
describe('the console in a browser', function () {
  this.timeout(40_000);
  let world: ConsoleWorld;
  const lines: CuttableLine[] = [];
  before(async function () {
    world = await startConsoleWorld(this);
    await world.setPolicy({ read: { when: 'agentOpened' } });
  });
  after(() => world?.close());
  afterEach(async () => {
    await world.closePages();
    for (const line of lines.splice(0)) await line.close();
  });

  const onPhone = (page: Page, text: string) => page.locator('bt-phone-bubble', { hasText: text });

  async function writeOnPhone(page: Page, text: string): Promise<void> {
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.getByRole('textbox', { name: 'Message' }).press('Enter');
  }

  it('lets nobody in with a wrong key, and whoever has the right one', async () => {
    world.refused = /status of 401/;
    const page = await world.open('/');
    // One can begin to write at once.
    await page.locator('#name:focus').waitFor();
    await page.getByLabel('Administrator’s key').fill('not-the-key-at-all-012345');
    await page.getByLabel('Administrator’s key').press('Enter');
    await page.getByText('That is not the key.').waitFor();
    await assertAccessible(page, 'the form, with a refusal');
    assert.equal(await page.getByRole('navigation').count(), 0);
    await page.getByLabel('Administrator’s key').fill(world.api.key);
    await page.getByLabel('Administrator’s key').press('Enter');
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.reload();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    await page.locator('bt-settings-menu summary').click();
    await page.getByText('Sign out').click();
    await page.getByLabel('Administrator’s key').waitFor();
    await page.reload();
    await page.getByLabel('Administrator’s key').waitFor();
  });

  it('takes the key from the terminal’s link, and leaves nothing of it in the address', async () => {
    const page = await world.open(`/#key=${world.api.key}`);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    assert.equal(new URL(page.url()).hash, '');
    const both = await world.open(`/demo#key=${world.api.key}`);
    await both.frameLocator('.console').getByRole('navigation', { name: 'Pages' }).waitFor();
    await both.frameLocator('.phone').getByRole('textbox', { name: 'Message' }).waitFor();
    assert.equal(new URL(both.url()).hash, '');
    await assertAccessible(both, 'phone and console side by side');
  });

  it('tells the whole story: grey until the agent opens, blue on the phone, typing, the reply and its ticks', async () => {
    const customer = world.nextCustomer();
    const phone = await world.open(`/phone#/${customer}`);
    const agent = await world.signIn('Ada');
    await agent.getByRole('heading', { name: 'Conversations' }).first().waitFor();

    await writeOnPhone(phone, 'I want to talk to a person');
    await ticks(onPhone(phone, 'talk to a person'), 'Delivered');
    const waiting = row(agent, customer);
    await waiting.getByText('Queue').waitFor();
    assert.equal(await onPhone(phone, 'talk to a person').getByRole('img', { name: 'Read' }).count(), 0);

    await waiting.click();
    await ticks(onPhone(phone, 'talk to a person'), 'Read');
    await bubble(agent, 'talk to a person')
      .getByText(/Read, blue since/)
      .waitFor();
    await agent.getByText('You hold this conversation.').waitFor();
    await assertAccessible(agent, 'a conversation that is open');

    await agent.getByRole('textbox', { name: 'Write a message' }).pressSequentially('Hello, ');
    await phone.locator('.presence', { hasText: 'typing…' }).waitFor();
    await say(agent, 'Hello, this is Ada.');
    await onPhone(phone, 'this is Ada').waitFor();
    await ticks(bubble(agent, 'this is Ada'), 'Read');

    await act(agent, 'Close');
    await agent.getByText('The bot answers this customer.').waitFor();
    await writeOnPhone(phone, 'thanks');
    await onPhone(phone, 'Ride safely').waitFor();
  });

  it('shows the ticks of ours one by one, as they are reported', async () => {
    const customer = world.nextCustomer();
    const phone = world.api.simulator.phone(customer);
    phone.say('agent, please');
    const agent = await world.signIn('Ada');
    await row(agent, customer).click();
    await agent.getByText('You hold this conversation.').waitFor();
    phone.leave();
    phone.setOnline(false);
    await say(agent, 'Are you there?');
    await ticks(bubble(agent, 'Are you there?'), 'Sent');
    phone.setOnline(true);
    await ticks(bubble(agent, 'Are you there?'), 'Delivered');
    phone.open();
    await ticks(bubble(agent, 'Are you there?'), 'Read');
  });

  it('comes again after the connection was lost, without a gap and without a repeat', async () => {
    const customer = world.nextCustomer();
    const phone = world.api.simulator.phone(customer);
    phone.say('a person, please');
    const line = await layLine(world.api.host.url);
    lines.push(line);
    const agent = await world.signIn('Ada', line.url);
    await row(agent, customer).click();
    await bubble(agent, 'a person, please').waitFor();

    world.refused = /WebSocket connection|net::ERR_/;
    line.cut();
    await agent.getByText('Connection lost').waitFor();
    phone.say('first while away');
    phone.say('second while away');
    await world.api.simulator.idle();
    line.mend();

    await bubble(agent, 'second while away').waitFor();
    await agent.getByText('Connection lost').waitFor({ state: 'hidden' });
    for (const text of ['first while away', 'second while away'])
      assert.equal(await bubble(agent, text).count(), 1, text);
    const shown = await agent.locator('bt-bubble .said').allTextContents();
    assert.deepEqual(shown.slice(-2), ['first while away', 'second while away']);
  });

  it('has two agents hand a conversation over, and read once is read', async () => {
    const customer = world.nextCustomer();
    const phone = world.api.simulator.phone(customer);
    phone.say('human, please');
    const ada = await world.signIn('Ada');
    const grace = await world.signIn('Grace');
    await row(ada, customer).click();
    await ada.getByText('You hold this conversation.').waitFor();
    await bubble(ada, 'human, please')
      .getByText(/Read, blue since/)
      .waitFor();
    const reads = () => world.api.simulator.calls.filter(({ kind }) => kind === 'read').length;
    const readByAda = reads();
    await row(grace, customer).click();
    await grace.getByText('Ada holds this conversation.').waitFor();
    await bubble(grace, 'human, please')
      .getByText(/Read, blue since/)
      .waitFor();
    assert.equal(reads(), readByAda);

    await act(ada, 'Transfer');
    await ada.getByRole('dialog').getByRole('combobox').fill('Grace');
    await ada.getByRole('dialog').locator('fluent-button', { hasText: 'Transfer' }).click();
    await grace.getByText('You hold this conversation.').waitFor();
    await say(grace, 'Grace here.');
    await phone.waitFor(({ messages }) => messages.some(({ text }) => text === 'Grace here.'));
    await ada.getByRole('option').filter({ hasText: 'Grace here.' }).waitFor();
  });

  it('can be used by everybody, in the dark, from right to left and on a small screen', async () => {
    const customer = world.nextCustomer();
    world.api.simulator.phone(customer).say('an agent, please');
    const page = await world.open(`/#key=${world.api.key}`, {
      colorScheme: 'dark',
      locale: 'ar',
      viewport: { width: 360, height: 740 },
    });
    await row(page, customer).waitFor();
    await assertAccessible(page, 'the list');
    await row(page, customer).click();
    await bubble(page, 'an agent, please').waitFor();
    await assertAccessible(page, 'a conversation');
    assert.equal(await page.evaluate('document.documentElement.dir'), 'rtl');
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
  });
});
