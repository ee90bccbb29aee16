/**
 * `npm run screenshots`: the pictures of the web pages that README and docs show, into `docs/pictures/`. A workshop's morning is
 * played on the simulator's phones; the charts show a day of figures that are made up by a seed.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { hourMs, hourOf } from '../../middleware/acknowledgements/figures/names.ts';
import { binOf } from '../../middleware/acknowledgements/figures/sketch.ts';
import type { FigureCount } from '../../middleware/ports.ts';
import { seeded } from '../bench/samples.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { openWebPage } from '../support/webPage.ts';
import { buildPages } from '../support/webPages.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
const anna = '4915550001111';

const executable = findChromium();
if (executable === undefined) throw new Error('Chromium or Chrome is not on the PATH');
await mkdir(folder, { recursive: true });
await buildPages();
const api = await startApiHost();
const browser = await launchChromium(executable);
try {
  await put('channel/simulator', { read: { when: 'agentOpened' } });
  await put('default', { reply: { delay: { minMs: 400, maxMs: 4000, perCharacterMs: 20 } } });
  await api.host.app.store.addFigures(dayOfFigures(api.business));
  await playMorning(api);
  const { page } = await openWebPage(browser, api.host.url, `/demo#key=${api.key}`, {
    viewport: { width: 1440, height: 860 },
  });
  const console = page.frameLocator('iframe.console');
  await console.locator('[role=option]', { hasText: '•11' }).click();
  await console.getByText('You hold this conversation.').waitFor();
  await console
    .getByRole('textbox')
    .fill('Hello Anna, this is Ada from the workshop. I am looking at it now.');
  await console.getByRole('textbox').press('Enter');
  await console.locator('bt-bubble', { hasText: 'this is Ada' }).getByRole('img', { name: 'Read' }).waitFor();
  api.simulator.phone(anna).say('Wonderful, thank you!');
  await console.locator('bt-bubble', { hasText: 'Wonderful' }).getByText('Read, blue since').waitFor();
  await shoot(page, 'demo');

  const desk = await signedIn(1280, 800);
  await desk.locator('[role=option]', { hasText: '•11' }).click();
  await desk.locator('bt-bubble', { hasText: 'Wonderful' }).waitFor();
  await shoot(desk, 'console');
  await desk.goto(`${api.host.url}/#/policy/channel/simulator`);
  await desk.locator('bt-policy-preview svg').first().waitFor();
  await shoot(desk, 'policy');
  await desk.goto(`${api.host.url}/#/insights`);
  await desk.locator('bt-duration-chart canvas').first().waitFor();
  await shoot(desk, 'insights');
  const phone = await openWebPage(browser, api.host.url, `/phone#/${anna}`, {
    viewport: { width: 1100, height: 800 },
  });
  await phone.page.locator('bt-phone-bubble', { hasText: 'Wonderful' }).waitFor();
  await shoot(phone.page, 'phone');
} finally {
  await browser.close();
  await api.close();
}

async function signedIn(width: number, height: number): Promise<Page> {
  const { page } = await openWebPage(browser, api.host.url, '/', { viewport: { width, height } });
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Administrator’s key').fill(api.key);
  await page.getByLabel('Administrator’s key').press('Enter');
  await page.locator('[role=option]').first().waitFor();
  return page;
}

async function shoot(page: Page, name: string): Promise<void> {
  // A caret that blinks, or a bubble on its way, would make each picture another one.
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' });
}

async function put(scope: string, document: object): Promise<void> {
  const answer = await fetch(`${api.host.url}/api/v1/policies/${scope}`, {
    method: 'PUT',
    headers: { 'x-api-key': api.key },
    body: JSON.stringify(document),
  });
  if (!answer.ok) throw new Error(`The policy was answered ${answer.status}: ${await answer.text()}`);
}

/** Customers whom the bot answers, and some who wait for an agent. */
async function playMorning({ simulator, call, host, business }: ApiHost): Promise<void> {
  const others = ['4915550002222', '4915550003333', '4915550004444', '4915550005577'];
  const said = [
    'When are you open?',
    'Where are you?',
    'I want to talk to a person, please',
    'What does a puncture cost?',
  ];
  for (const [index, number] of others.entries()) {
    const phone = simulator.phone(number);
    phone.say(String(said[index]));
    await phone.waitFor(({ messages }) => messages.some(({ from }) => from === 'business'), 20_000);
  }
  const phone = simulator.phone(anna, { name: 'Anna' });
  phone.open();
  phone.say('Hello! Is my bicycle ready?');
  await phone.waitFor(
    ({ messages }) => messages.some(({ text = '' }) => text.includes('ready at 16')),
    20_000,
  );
  phone.say('Could a person look at the rear light too?');
  await phone.waitFor(
    ({ messages }) => messages.filter(({ from }) => from === 'business').length > 1,
    20_000,
  );
  const found = await host.app.store.conversation({ channel: 'simulator', business, customer: anna });
  await call('POST', `/conversations/${found?.id}/handoff`, { reason: 'Asks about the rear light' });
}

/** A day as a small business has it: quiet at night, slower around noon. */
function dayOfFigures(business: string): FigureCount[] {
  const random = seeded(7);
  const now = hourOf(Date.now());
  const of = { channel: 'simulator', business } as const;
  return Array.from({ length: 24 }, (_, index) => now - (24 - index) * hourMs).flatMap(hour => {
    const time = new Date(hour).getHours();
    const count = Math.round((time < 7 || time > 20 ? 3 : 30) * (0.7 + random()));
    const slow = time >= 11 && time <= 14 ? 1.8 : 1;
    const durations = { receiptWait: 900, replyWait: 2600, delivery: 1100, reading: 45_000 };
    const sketches = Object.entries(durations).flatMap(([name, middle]) =>
      Array.from({ length: count }, () => {
        // Most are near the middle, a few take far longer, as people do.
        const ms = middle * slow * Math.exp(1.1 * (random() + random() + random() - 1.5));
        return { ...of, hour, name, bin: binOf(Math.round(ms)), count: 1 };
      }),
    );
    const counts = {
      accepted: count,
      delivered: count,
      read: Math.round(count * 0.8),
      impliedRead: Math.round(count * 0.1),
    };
    const counters = Object.entries(counts).map(([name, each]) => ({
      ...of,
      hour,
      name,
      bin: 0,
      count: each,
    }));
    const failed =
      time === 13 ? ['failed', 'failed:131026'].map(name => ({ ...of, hour, name, bin: 0, count: 2 })) : [];
    return [...sketches, ...counters, ...failed];
  }) as FigureCount[];
}
