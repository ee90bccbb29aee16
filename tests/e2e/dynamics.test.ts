import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { deliver, inGridSchema, receivedEvent } from '../support/acsEvents.ts';
import { type AcsStandIn, startAcsStandIn } from '../support/acsStandIn.ts';
import { type AgentPages, startAgentPages } from '../support/agentPage.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import {
  deliverToDataverse,
  endedByAgent,
  inConversation,
  type Outcomes,
  reference,
  type WorkItemWrite,
  workItemBody,
} from '../support/dataverse.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { need } from '../support/needs.ts';

const channelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const apiKey = 'a-key-for-the-tests-0123456789';
const eventGridSecret = 'the-webhook-secret-0123456789';
const dataverseKey = 'the-key-of-dataverse-0123456789';
const agent = 'dddddddd-0000-4000-8000-000000000001';
const [byAcceptance, byOpening] = [1, 2].map(n => `eeeeeeee-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
];
const id = (number: number) => `cccccccc-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe('beside Dynamics 365, over ACS', function () {
  this.timeout(40_000);
  let acs: AcsStandIn;
  let host: HostProcess;
  let folder: string;
  let pages: AgentPages;
  let browser: Browser | undefined;
  let page: Page | undefined;
  let number = 0;
  let clock = Date.UTC(2026, 10, 21);

  before(async function () {
    const chromium = need(this, findChromium(), 'Chromium or Chrome on the PATH');
    folder = await mkdtemp(join(tmpdir(), 'bluetick-dynamics-'));
    const policy = join(folder, 'policy.json');
    const handoff = (read: string) => ({ policy: { handoff: { read } } });
    const workstreams = {
      sales: { match: { d365: [byAcceptance] }, ...handoff('agentAccepted') },
      support: { match: { d365: [byOpening] }, ...handoff('agentOpened') },
    };
    await writeFile(policy, JSON.stringify({ workstreams }));
    [acs, pages, browser] = await Promise.all([
      startAcsStandIn({ channelIds: [channelId] }),
      startAgentPages(),
      launchChromium(chromium),
    ]);
    await start(policy);
    pages.bluetick = host.url;
    pages.tokens = async () => String((await ask('POST', 'tokens', { agent })).token);
    page = await browser.newPage();
    await page.goto(pages.origin);
  });
  after(async () => {
    await browser?.close();
    await host?.end('SIGTERM');
    await acs?.close();
    pages?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const start = async (policy = join(folder, 'policy.json'), port = '0') => {
    host = await startHostProcess({
      ...{ BLUETICK_MODE: 'sidecar', BLUETICK_API_KEY: apiKey, BLUETICK_POLICY: policy, PORT: port },
      BLUETICK_DATA: join(folder, 'data'),
      BLUETICK_CORS_ORIGINS: pages.origin,
      ACS_CONNECTION_STRING: acs.connectionString,
      ACS_CHANNEL_ID: channelId,
      ACS_WEBHOOK_SECRET: eventGridSecret,
      DATAVERSE_WEBHOOK_KEY: dataverseKey,
      DATAVERSE_CORRELATE_BY: 'workItem,customer:new_phone',
      LOG_LEVEL: 'debug',
    });
  };

  async function ask(method: string, path: string, body?: object) {
    const answer = await fetch(`${host.url}/api/v1/${path}`, {
      method,
      headers: { 'x-api-key': apiKey },
      ...(body && { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
    return (await answer.json()) as any;
  }

  /** A customer, a new one unless named, writes three messages, of which Event Grid tells this second subscription too. */
  async function customerWrites(known?: string) {
    number += 1;
    const customer = known ?? `4915550${String(600_000 + number)}`;
    const messages = [1, 2, 3].map(() => acs.receive());
    const events = messages.map((messageId, index) =>
      receivedEvent({ to: channelId, from: customer, messageId }, Date.now() - 3000 + index * 1000),
    );
    const answer = await deliver(`${host.url}/webhooks/acs?code=${eventGridSecret}`, inGridSchema(events));
    assert.equal(answer.status, 200);
    return { workItem: id(number), customer, messages };
  }

  /** Dynamics writes to the work item a second later than before. */
  async function tell(write: WorkItemWrite): Promise<string | undefined> {
    clock += 1000;
    const body = workItemBody({ at: clock, ...write });
    const answer = await deliverToDataverse(`${host.url}/webhooks/dataverse?code=${dataverseKey}`, body);
    assert.equal(answer.status, 200);
    return ((await answer.json()) as Outcomes).items[0]?.outcome;
  }
  const rowOf = (customer: string, workstream: string) => ({
    new_phone: `+${customer}`,
    msdyn_activeagentid: reference(agent),
    msdyn_liveworkstreamid: reference(workstream, 'msdyn_liveworkstream'),
  });

  async function conversationOf(customer: string) {
    const { items } = await ask('GET', 'conversations?limit=100');
    return items.find((each: { customer: { masked: string } }) =>
      each.customer.masked.endsWith(customer.slice(-2)),
    );
  }
  const outcomesOf = async (customer: string): Promise<string[]> => {
    const { items } = await ask('GET', `conversations/${(await conversationOf(customer)).id}/receipts`);
    return items.map(({ outcome }: { outcome: string }) => outcome);
  };
  const callsFor = (messages: readonly string[]) =>
    acs.receipts.map(({ messageId }) => messageId).filter(messageId => messages.includes(messageId));
  const blue = (messages: readonly string[]) => acs.waitFor(() => callsFor(messages).length > 0, 10_000);
  const opens = (workItem: string) =>
    Promise.all([
      page?.waitForResponse(
        response => response.url().endsWith('/agent-events') && response.status() === 200,
      ),
      page?.evaluate(`switchTo('session-${workItem}', '${workItem}')`),
    ]);

  it('turns nothing blue before an agent has opened it, where the workstream says so; then in one call', async () => {
    const { workItem, customer, messages } = await customerWrites();
    assert.deepEqual(await outcomesOf(customer), ['held', 'held', 'held']);
    const after = rowOf(customer, byOpening);
    const routed = { msdyn_statuschangereason: 192350002, statuscode: 2 };
    assert.equal(await tell({ workItem, target: routed, after }), 'noted');
    assert.equal((await conversationOf(customer)).holder, 'queue');
    assert.equal(await tell({ workItem, target: inConversation, after }), 'applied');
    const { holder, workstream } = await conversationOf(customer);
    assert.deepEqual([holder, workstream], ['agent', 'support']);
    assert.deepEqual([await outcomesOf(customer), callsFor(messages)], [['held', 'held', 'held'], []]);
    await opens(workItem);
    await blue(messages);
    assert.deepEqual(callsFor(messages), [messages[2]]);
  });

  it('turns it blue when an agent has accepted, where the workstream says that; opening it changes nothing', async () => {
    const { workItem, customer, messages } = await customerWrites();
    const after = rowOf(customer, byAcceptance);
    assert.equal(await tell({ workItem, target: { msdyn_isagentaccepted: true }, after }), 'applied');
    await blue(messages);
    assert.equal(await tell({ workItem, target: inConversation, after }), 'applied');
    await opens(workItem);
    assert.deepEqual(callsFor(messages), [messages[2]]);
    assert.deepEqual(await ask('GET', `work-items/${workItem}`), {
      conversation: (await conversationOf(customer)).id,
      ...{ event: 'accepted', applied: true, at: new Date(clock).toISOString(), agent },
    });
  });

  it('leaves unread what nobody opened before it was over, after a restart too', async () => {
    const { workItem, customer, messages } = await customerWrites();
    const after = rowOf(customer, byOpening);
    assert.equal(await tell({ workItem, target: inConversation, after }), 'applied');
    assert.equal(await host.end('SIGTERM'), 0);
    await start(undefined, String(host.port));
    assert.equal(await tell({ workItem, target: endedByAgent }), 'applied');
    assert.equal(await tell({ workItem, target: inConversation, at: clock - 1500 }), 'superseded');
    assert.equal((await conversationOf(customer)).holder, 'queue');
    assert.deepEqual(
      [await outcomesOf(customer), callsFor(messages)],
      [['skipped', 'skipped', 'skipped'], []],
    );

    // The customer writes again: that is another work item, which nobody has accepted yet.
    const again = await customerWrites(customer);
    assert.deepEqual((await outcomesOf(customer)).slice(0, 3), ['held', 'held', 'held']);
    assert.equal(await tell({ workItem: again.workItem, target: inConversation, after }), 'applied');
    await opens(again.workItem);
    await blue(again.messages);
    assert.deepEqual([callsFor(again.messages), callsFor(messages)], [[again.messages[2]], []]);
  });

  it('has written no number, no key and no token', async () => {
    const output = host.output();
    assert.match(output, /Dynamics 365 told of a work item/);
    for (const hidden of ['4915550', apiKey, dataverseKey, eventGridSecret, 'eyJ'])
      assert.ok(!output.includes(hidden), hidden);
  });
});
