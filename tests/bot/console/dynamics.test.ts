import assert from 'node:assert/strict';
import { Script } from 'node:vm';
import type { Browser, Page } from 'playwright-core';
import { type AgentPages, startAgentPages } from '../../support/agentPage.ts';
import { findChromium, launchChromium } from '../../support/chromium.ts';
import { type DynamicsHost, startDynamicsHost } from '../../support/dynamicsHost.ts';
import { need } from '../../support/needs.ts';

const id = (number: number) => `cccccccc-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe('the script in the agent’s browser', function () {
  this.timeout(30_000);
  let browser: Browser | undefined;
  let api: DynamicsHost;
  let pages: AgentPages;
  let page: Page;
  let number = 0;
  before(async function () {
    browser = await launchChromium(need(this, findChromium(), 'Chromium or Chrome on the PATH'));
    pages = await startAgentPages();
    api = await startDynamicsHost({ BLUETICK_CORS_ORIGINS: pages.origin });
    pages.bluetick = api.host.url;
  });
  after(async () => {
    await browser?.close();
    await api?.close();
    pages?.close();
  });
  beforeEach(async () => {
    pages.tokens = issue;
    if (browser === undefined) throw new Error('there is no browser');
    page = await browser.newPage();
    await page.goto(pages.origin);
  });
  afterEach(() => page.close());

  const issue = async () => String((await api.call('POST', '/tokens', {})).body.token);
  /** A customer who waits, and, unless it is to be told later, their work item. */
  async function waiting({ told = true } = {}) {
    number += 1;
    const workItem = id(number);
    const conversation = await api.waitingFor(`4915550${String(500_000 + number)}`);
    const tell = () => link(workItem, conversation);
    if (told) await tell();
    return { workItem, conversation, tell };
  }
  async function link(workItem: string, conversation: string) {
    const found = await api.host.app.store.conversation(conversation);
    assert.ok(found);
    await api.host.app.workItems.remember({ workItem }, found);
  }
  const switchTo = (session: string, workItem: string | null) =>
    page.evaluate(`switchTo(${JSON.stringify(session)}, ${JSON.stringify(workItem)})`);
  const answer = (status: number) =>
    page.waitForResponse(
      response =>
        response.url().endsWith('/agent-events') &&
        response.request().method() === 'POST' &&
        response.status() === status,
      { timeout: 10_000 },
    );
  /** Switches, and waits for an answer of Bluetick's. */
  const switched = async (session: string, workItem: string, status = 200) => {
    const [response] = await Promise.all([answer(status), switchTo(session, workItem)]);
    return response;
  };
  const holder = async (conversation: string) =>
    (await api.call('GET', `/conversations/${conversation}`)).body.holder;

  it('is one file, which any page can run as it is', async () => {
    const served = await fetch(`${api.host.url}/console/dynamics.js`);
    assert.match(String(served.headers.get('content-type')), /^text\/javascript/);
    const text = await served.text();
    assert.doesNotMatch(text, /\b(import|export|require)\b/);
    new Script(text);
  });

  it('reports that the agent has opened a conversation whenever its session gets the focus', async () => {
    const [first, second] = [await waiting(), await waiting()];
    const response = await switched('session-1', first.workItem);
    assert.equal(response.request().postData(), '{"event":"opened"}');
    assert.deepEqual(
      [await holder(first.conversation), await holder(second.conversation)],
      ['agent', 'queue'],
    );
    const receipts = await api.call('GET', `/conversations/${first.conversation}/receipts`);
    assert.doesNotMatch(receipts.body.items[0].outcome, /held/);
    await switched('session-2', second.workItem);
    await switched('session-1', first.workItem);
    assert.equal(await holder(second.conversation), 'agent');
    assert.deepEqual(await page.evaluate('[asked, errors]'), [1, []]);
  });

  it('reports nothing for a session without a conversation, nor after it was stopped', async () => {
    const { workItem, conversation } = await waiting();
    const requests: string[] = [];
    page.on('request', request => requests.push(request.url()));
    await switchTo('session-home', null);
    const other = await waiting();
    await switched('session-1', other.workItem);
    assert.equal(requests.filter(url => url.endsWith('/agent-events')).length, 1);
    await page.evaluate('stop()');
    const before = requests.length;
    // Listens as the script did, so that what it would have heard has come.
    await page.evaluate(`new Promise(resolve => {
      new BroadcastChannel(topicOf('ON_SESSION_SWITCH')).onmessage = () => setTimeout(resolve);
      switchTo('session-2', '${workItem}');
    })`);
    assert.equal(requests.length, before);
    assert.equal(await holder(conversation), 'queue');
  });

  it('reports the session that the agent is in, not one that was left before its conversation was known', async () => {
    const [left, stayed] = [await waiting(), await waiting()];
    await page.evaluate(
      '{ const held = []; answerId = () => new Promise(answer => held.push(answer)); globalThis.held = held; }',
    );
    await switchTo('session-1', left.workItem);
    await page.waitForFunction('held.length === 1');
    await switchTo('session-2', stayed.workItem);
    await page.waitForFunction('held.length === 2');
    await Promise.all([answer(200), page.evaluate('held.forEach(answer => answer(focused.conversation))')]);
    assert.deepEqual(
      [await holder(left.conversation), await holder(stayed.conversation)],
      ['queue', 'agent'],
    );
  });

  it('tells it again until Bluetick has heard of the conversation', async () => {
    const { workItem, conversation, tell } = await waiting({ told: false });
    await switched('session-1', workItem, 404);
    await Promise.all([answer(200), tell()]);
    assert.equal(await holder(conversation), 'agent');
    assert.deepEqual(await page.evaluate('errors'), []);
  });

  it('gets a new token when one has ended', async () => {
    const { workItem, conversation } = await waiting();
    const tokens = ['an.old.token', await issue()];
    pages.tokens = async () => tokens.shift() ?? '';
    await Promise.all([answer(401), answer(200), switchTo('session-1', workItem)]);
    assert.equal(await holder(conversation), 'agent');
    assert.equal(await page.evaluate('asked'), 2);
  });

  it('says so where its token does not go so far, and asks no more', async () => {
    const { workItem, conversation } = await waiting();
    pages.tokens = async () => String((await api.call('POST', '/tokens', { events: ['typing'] })).body.token);
    await switched('session-1', workItem, 403);
    await page.waitForFunction('errors.length === 1');
    assert.deepEqual(await page.evaluate('errors'), ['Error: Bluetick was not told of a conversation: 403']);
    assert.equal(await holder(conversation), 'queue');
  });

  it('gets nothing through from a page of another origin', async () => {
    const { workItem, conversation } = await waiting();
    await page.goto(pages.otherOrigin);
    const [refused] = await Promise.all([
      page.waitForEvent('requestfailed', { timeout: 10_000 }),
      switchTo('session-1', workItem),
    ]);
    assert.ok(refused.url().endsWith('/agent-events'));
    assert.equal(await holder(conversation), 'queue');
  });
});
