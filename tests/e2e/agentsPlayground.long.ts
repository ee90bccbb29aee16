import assert from 'node:assert/strict';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type AgentsPlayground, openAgentsPlayground } from '../support/agentsPlayground.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { need } from '../support/needs.ts';

const greeting = /^Hello! This is the Spoke & Chain workshop\./;
const hours = /^We are open from Tuesday to Friday/;
const notice = /^I am getting somebody/;
const farewell = /^You are welcome\./;

describe('the Microsoft 365 Agents Playground, in Chromium', function () {
  this.timeout(60_000);
  let folder: string | undefined;
  let host: HostProcess | undefined;
  let browser: Browser | undefined;
  let playground: AgentsPlayground | undefined;

  before(async function () {
    const chromium = need(this, findChromium(), 'Chromium or Chrome on the PATH');
    folder = await mkdtemp(join(tmpdir(), 'bluetick-playground-'));
    host = await startHostProcess({ BLUETICK_DATA: join(folder, 'data') });
    browser = await launchChromium(chromium);
  });
  after(async () => {
    await browser?.close();
    await host?.end('SIGTERM');
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  afterEach(async () => {
    await playground?.close();
    playground = undefined;
  });

  async function open(deliveryMode: 'default' | 'expectReplies'): Promise<AgentsPlayground> {
    assert.ok(browser !== undefined && host !== undefined && folder !== undefined);
    playground = await openAgentsPlayground(browser, {
      botUrl: `${host.url}/api/messages`,
      deliveryMode,
      folder,
    });
    return playground;
  }
  const failures = async (page: AgentsPlayground) => (await page.log()).filter(call => !/ 2\d\d$/.test(call));

  it('shows what the bot sends it, and logs success both ways', async () => {
    const page = await open('default');
    await page.answered(greeting);
    await page.ask('When are you open?');
    await page.answered(hours);
    for (const call of ['conversationUpdate 200', 'message 200', 'message 201']) await page.logged(call);
    // The receipt's way through the Emulator's channel.
    for (const call of ['typing 202', 'trace 202']) await page.logged(call);

    // An event that is made in the page.
    await page.inject({ type: 'event', name: 'handoff.status', value: { state: 'completed' } });
    await page.logged('event 200');
    await page.ask('Thanks!');
    await page.answered(farewell);
    assert.deepEqual(await failures(page), []);

    // The Playground takes no events from a bot: the hand-off is one all the same.
    await page.ask('Can I talk to a person?');
    await page.answered(notice);
    await page.logged('event 400');
    assert.deepEqual(await failures(page), ['event 400']);
    // It was started there, and keeps its log there.
    await access(join(String(folder), 'devTools', 'm365agentsplayground.log'));
  });

  it('shows the replies that stand in the answer, where it asks for them so', async () => {
    const page = await open('expectReplies');
    await page.answered(greeting);
    await page.ask('When are you open?');
    await page.answered(hours);
    await page.ask('Can I talk to a person?');
    await page.answered(notice);
    await page.logged('message 200');
    assert.deepEqual(await failures(page), []);
    assert.ok(!(await page.log()).includes('message 201'), 'the replies were no calls');
  });
});
