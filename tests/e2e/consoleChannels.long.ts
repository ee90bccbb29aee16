import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bubble, type ConsoleWorld, row, startConsoleWorld } from '../support/consoleWorld.ts';
import { deliver, googleTime, rbmWebhook } from '../support/googleWebhooks.ts';
import { type RbmStandIn, startRbmStandIn } from '../support/rbmStandIn.ts';
import {
  startWahaStandIn,
  type WahaStandIn,
  wahaEvent,
  wahaHeaders,
  wahaMessage,
} from '../support/wahaStandIn.ts';

const agentId = 'the_agent';
const clientToken = 'SJENCPGJESMGUFPY';
const hmacKey = 'the-hmac-key-0123456789';

/** What not every channel tells: Google that a customer writes, a linked device that they changed what they wrote. */
describe('what some channels tell, in a browser', function () {
  this.timeout(30_000);
  let folder: string;
  let rbm: RbmStandIn;
  let waha: WahaStandIn;
  let world: ConsoleWorld;
  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-channels-'));
    [rbm, waha] = await Promise.all([startRbmStandIn([agentId]), startWahaStandIn(['default'])]);
    const file = join(folder, 'rbm.json');
    await writeFile(file, rbm.serviceAccount);
    world = await startConsoleWorld(this, {
      RBM_AGENT_ID: agentId,
      RBM_SERVICE_ACCOUNT_FILE: file,
      RBM_CLIENT_TOKEN: clientToken,
      RBM_API_URL: rbm.origin,
      WAHA_URL: waha.origin,
      WAHA_API_KEY: waha.apiKey,
      WAHA_SESSION: 'default',
      WAHA_HMAC_KEY: hmacKey,
      HOST: '127.0.0.1',
    });
  });
  after(async () => {
    await world?.close();
    await Promise.all([rbm?.close(), waha?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  afterEach(() => world.closePages());

  async function google(payload: object): Promise<void> {
    const body = rbmWebhook({ agentId, ...payload }, clientToken);
    assert.equal((await deliver(`${world.api.host.url}/webhooks/google`, body)).status, 200);
  }
  async function linkedDevice(event: object): Promise<void> {
    const body = JSON.stringify(event);
    const headers = wahaHeaders(body, hmacKey);
    const answer = await fetch(`${world.api.host.url}/webhooks/waha`, { method: 'POST', headers, body });
    assert.equal(answer.status, 200);
  }

  it('shows in the list and above the messages that a customer writes, until the message is there', async () => {
    const customer = world.nextCustomer();
    const sender = { senderPhoneNumber: `+${customer}` };
    const say = (messageId: string, text: string) =>
      google({ ...sender, messageId, sendTime: googleTime(Date.now()), text });
    await say('one', 'hello');
    const page = await world.signIn('Ada');
    await row(page, customer).click();
    await bubble(page, 'hello').first().waitFor();
    await google({
      ...sender,
      eventType: 'IS_TYPING',
      eventId: 'typing-1',
      sendTime: googleTime(Date.now()),
    });
    await row(page, customer).getByText('Customer is typing…').waitFor();
    await page.locator('bt-conversation header').getByText('Customer is typing…').waitFor();
    await say('two', 'where are you?');
    await bubble(page, 'where are you?').waitFor();
    await page.getByText('Customer is typing…').first().waitFor({ state: 'detached' });
  });

  it('shows what a customer has made of a message', async () => {
    const customer = world.nextCustomer();
    const id = `false_${customer}@c.us_AAAA`;
    await linkedDevice(wahaEvent('message', wahaMessage(id, customer, 'Monday')));
    const page = await world.signIn('Ada');
    await row(page, customer).click();
    await bubble(page, 'Monday').waitFor();
    const edit = { ...wahaMessage(id, customer, 'Tuesday'), editedMessageId: 'AAAA' };
    await linkedDevice(wahaEvent('message.edited', edit));
    await bubble(page, 'Tuesday').getByText('edited').waitFor();
    assert.equal(await bubble(page, 'Monday').count(), 0);
  });
});
