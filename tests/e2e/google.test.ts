import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GbmStandIn, startGbmStandIn } from '../support/gbmStandIn.ts';
import { businessMessagesWebhook, deliver, googleTime, rbmWebhook } from '../support/googleWebhooks.ts';
import { failToStart, type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { type RbmStandIn, startRbmStandIn } from '../support/rbmStandIn.ts';

const agentId = 'the_agent';
const agent = 'brands/the-brand/agents/the-agent';
const clientToken = 'SJENCPGJESMGUFPY';
const businessToken = 'TOKENOFBUSINESSM';
const apiKey = 'a-key-for-the-tests-0123456789';
const conversation = '77de1414-89c0-4ea8-88a7-5f83bd381f8f';

describe('the main job over Google', function () {
  this.timeout(40_000);
  let rbm: RbmStandIn;
  let business: GbmStandIn;
  let host: HostProcess;
  let folder: string;
  let customers = 0;
  /** Every host of this suite: what all of them wrote is looked at in the end. */
  const hosts: HostProcess[] = [];

  const settings = () => ({
    RBM_AGENT_ID: agentId,
    RBM_SERVICE_ACCOUNT_FILE: join(folder, 'rbm.json'),
    RBM_CLIENT_TOKEN: clientToken,
    RBM_API_URL: rbm.origin,
    GBM_AGENT_ID: agent,
    GBM_SERVICE_ACCOUNT_FILE: join(folder, 'gbm.json'),
    GBM_CLIENT_TOKEN: businessToken,
    GBM_API_URL: business.origin,
    BLUETICK_API_KEY: apiKey,
    BLUETICK_DATA: join(folder, 'data'),
    LOG_LEVEL: 'debug',
  });
  const start = async () => {
    host = await startHostProcess(settings());
    hosts.push(host);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-google-'));
    [rbm, business] = await Promise.all([startRbmStandIn([agentId]), startGbmStandIn()]);
    await writeFile(join(folder, 'rbm.json'), rbm.serviceAccount);
    await writeFile(join(folder, 'gbm.json'), business.serviceAccount);
    await start();
  });
  after(async () => {
    await host.end('SIGTERM');
    await Promise.all([rbm.close(), business.close()]);
    await rm(folder, { recursive: true });
  });

  const url = () => `${host.url}/webhooks/google`;
  const newCustomer = () => {
    customers += 1;
    return `+4915550${String(300_000 + customers)}`;
  };
  async function taken(response: Promise<Response>): Promise<void> {
    const { status } = await response;
    assert.equal(status, 200);
  }
  const say = (senderPhoneNumber: string, payload: object) =>
    taken(deliver(url(), rbmWebhook({ agentId, senderPhoneNumber, ...payload }, clientToken)));
  const sayBusiness = (payload: object) =>
    taken(
      deliver(
        url(),
        businessMessagesWebhook({ agent, conversationId: conversation, ...payload }, businessToken),
      ),
    );
  const answerTo = (phone: string, count = 1) =>
    rbm.waitFor(() => {
      const sent = rbm.messages.filter(message => message.phone === phone);
      return sent.length >= count && sent;
    }, 20_000);
  const api = async (path: string, body?: object) => {
    const response = await fetch(`${host.url}/api/v1/${path}`, {
      headers: { 'x-api-key': apiKey },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, never> & { items: Record<string, string>[] };
  };

  it('says at its start that Business Messages is no more', () => {
    assert.match(host.output(), /"channel":"google".*Google shut Business Messages down on 2024-07-31/);
  });

  it('is registered by its client token: the answer is the plain secret', async () => {
    const body = (token: string) => Buffer.from(JSON.stringify({ clientToken: token, secret: '1234567890' }));
    const headers = { 'content-type': 'application/json', 'x-goog-webhook-type': 'verification' };
    const response = await deliver(url(), { body: body(clientToken), headers });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
    assert.equal(await response.text(), '1234567890');
    assert.equal((await deliver(url(), { body: body('another'), headers })).status, 401);
  });

  it('marks the message read, then answers, over RCS for Business', async () => {
    const customer = newCustomer();
    await say(customer, { messageId: 'rbm-1', sendTime: googleTime(Date.now()), text: 'hello' });
    const [answer] = await answerTo(customer);
    assert.match(String(Reflect.get(answer?.body.contentMessage ?? {}, 'text')), /^Hello!/);
    const what = rbm.calls.filter(({ path }) => path.includes(customer)).map(({ body }) => body);
    const events = what.map(body => Reflect.get(Object(body), 'eventType') ?? 'message');
    assert.equal(events.filter(event => event === 'READ').length, 1);
    assert.ok(events.indexOf('READ') < events.indexOf('message'));
    const read = rbm.events.find(({ phone, body }) => phone === customer && body.eventType === 'READ');
    assert.deepEqual(read?.body, { eventType: 'READ', messageId: 'rbm-1' });
  });

  it('shows typing while the bot works, apart from reading', async () => {
    const customer = newCustomer();
    await say(customer, { messageId: 'rbm-2', text: 'Is my bicycle ready?' });
    await answerTo(customer);
    const events = rbm.events.filter(({ phone }) => phone === customer).map(({ body }) => body.eventType);
    assert.ok(events.includes('IS_TYPING') && events.includes('READ'));
  });

  it('follows what becomes of the answer, and takes each webhook once', async () => {
    const customer = newCustomer();
    const message = { messageId: 'rbm-3', text: 'thanks' };
    await say(customer, message);
    const [answer] = await answerTo(customer);
    const messageId = answer?.id;
    for (const eventType of ['READ', 'DELIVERED', 'READ'])
      await say(customer, {
        eventType,
        eventId: `e-${eventType}`,
        messageId,
        sendTime: googleTime(Date.now()),
      });
    await say(customer, message);
    await say(customer, { eventType: 'IS_TYPING', eventId: 'e-typing' });
    const told = await api(`messages/${messageId}`);
    assert.deepEqual([told.id, told.level, told.implied], [messageId, 'read', ['sent']]);
    // What came again started no turn: the next answer is the next message's.
    await say(customer, { messageId: 'rbm-4', text: 'thanks' });
    assert.equal((await answerTo(customer, 2)).length, 2);
  });

  it('sends receipt and answer once, though the host was killed before it heard that they were taken', async () => {
    const customer = newCustomer();
    rbm.strike('lost');
    await say(customer, { messageId: 'rbm-5', text: 'thanks' });
    const first = () => rbm.calls.filter(({ path }) => path.includes(customer));
    await rbm.waitFor(() => first().length >= 1);
    await host.end('SIGKILL');
    await start();
    const answers = await answerTo(customer);
    await rbm.waitFor(() =>
      rbm.events.some(({ phone, body }) => phone === customer && body.eventType === 'READ'),
    );
    const reads = rbm.events.filter(({ phone, body }) => phone === customer && body.eventType === 'READ');
    assert.deepEqual([reads.length, answers.length], [1, 1]);
  });

  it('answers over Business Messages, and shows an agent who comes and goes', async () => {
    const name = `conversations/${conversation}/messages/gbm-1`;
    await sayBusiness({ requestId: 'r1', message: { messageId: 'gbm-1', name, text: 'hello' } });
    const answer = await business.waitFor(() => business.messages[0], 20_000);
    assert.match(String(Reflect.get(answer.body, 'text')), /^Hello!/);
    assert.deepEqual(answer.body.representative, { representativeType: 'BOT' });
    await business.waitFor(() => business.receipts.length === 1);
    assert.deepEqual(business.receipts, [`${name}/receipt`]);
    const { messageId } = answer.body;
    const receipts = ['DELIVERED', 'READ'].map(receiptType => ({
      message: `conversations/${conversation}/messages/${messageId}`,
      receiptType,
    }));
    await sayBusiness({ receipts: { receipts, createTime: googleTime(Date.now()) } });
    assert.equal((await api(`messages/${messageId}`)).level, 'read');

    const { items } = await api('conversations');
    const id = items.find(({ channel, id: each }) => channel === 'google' && each !== undefined)?.id;
    for (const event of ['accepted', 'closed']) await api(`conversations/${id}/agent-events`, { event });
    const joined = () =>
      business.events.map(({ body }) => body.eventType).filter(type => /REPRES/.test(type));
    await business.waitFor(() => joined().length === 2);
    assert.deepEqual(joined(), ['REPRESENTATIVE_JOINED', 'REPRESENTATIVE_LEFT']);
  });

  it('refuses what is not signed, or signed for the other format', async () => {
    const payload = { agentId, senderPhoneNumber: newCustomer(), messageId: 'forged', text: 'x' };
    const { body, headers } = rbmWebhook(payload, businessToken);
    for (const sent of [{}, headers]) {
      const response = await deliver(url(), { body, headers: sent });
      assert.equal(response.status, 401);
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.deepEqual([error.code, error.message], ['unauthorized', 'The signature is missing or wrong']);
    }
  });

  it('does not start with a key that is none', async () => {
    await writeFile(join(folder, 'none.json'), '{"type":"service_account","private_key":"the-s3cret"}');
    const { code, output } = await failToStart({
      ...settings(),
      BLUETICK_DATA: join(folder, 'other'),
      RBM_SERVICE_ACCOUNT_FILE: join(folder, 'none.json'),
    });
    assert.equal(code, 1);
    assert.match(output, /RBM_SERVICE_ACCOUNT_FILE must be the JSON key of a service account/);
    assert.doesNotMatch(output, /s3cret/);
  });

  it('has written no number, no id of a message, no text and no secret', () => {
    const output = hosts.map(one => one.output()).join('\n');
    assert.match(output, /Receipt sent/);
    const ids = [...rbm.messages.map(({ id }) => id), ...rbm.tokens, ...business.tokens];
    for (const hidden of [
      ...['4915550', 'bicycle', 'rbm-1', 'gbm-1', conversation, clientToken, businessToken, apiKey],
      ...['PRIVATE KEY', ...ids],
    ])
      assert.ok(!output.includes(hidden), hidden);
  });
});
