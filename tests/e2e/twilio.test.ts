import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failToStart, type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { LedgerApi } from '../support/ledgerApi.ts';
import { type SentMessage, startTwilioStandIn, type TwilioStandIn } from '../support/twilioStandIn.ts';
import { deliver, type Form, inboundForm } from '../support/twilioWebhooks.ts';

const business = '14155238886';
const publicUrl = 'https://bot.example.com';
const apiKey = 'a-key-for-the-tests-0123456789';

describe('the main job over Twilio', function () {
  this.timeout(40_000);
  let twilio: TwilioStandIn;
  let host: HostProcess;
  let folder: string;
  let customers = 0;
  const api = new LedgerApi(() => host, apiKey);

  const settings = () => ({
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_AUTH_TOKEN: `${twilio.authToken}, the-token-before`,
    TWILIO_WHATSAPP_NUMBER: `+${business}`,
    TWILIO_API_URL: twilio.origin,
    TWILIO_MESSAGING_URL: twilio.origin,
    SMS_FROM: '+15550002222',
    PUBLIC_URL: publicUrl,
    BLUETICK_API_KEY: apiKey,
    BLUETICK_DATA: join(folder, 'data'),
    BLUETICK_POLICY: join(folder, 'policy.json'),
    LOG_LEVEL: 'debug',
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-twilio-'));
    twilio = await startTwilioStandIn();
    const policy = { channels: { twilio: { read: { acceptTypingWithRead: true } } } };
    await writeFile(join(folder, 'policy.json'), JSON.stringify(policy));
    host = await startHostProcess(settings());
  });
  after(async () => {
    await host.end('SIGTERM');
    await twilio.close();
    await rm(folder, { recursive: true });
  });

  const newCustomer = () => {
    customers += 1;
    return `4915550${String(500_000 + customers)}`;
  };
  /** Lets a customer write; answers the message's id. */
  async function say(customer: string, Body: string, more: Form = {}, path = '/webhooks/twilio') {
    const id = twilio.receive();
    const ends = { accountSid: twilio.accountSid, business, customer };
    const form = inboundForm(ends, id, { Body, ...more });
    const response = await deliver(host.url, publicUrl, path, form, { authToken: twilio.authToken });
    assert.deepEqual([response.status, await response.text()], [200, '']);
    return id;
  }
  const sentTo = (to: string) => twilio.sent.filter(({ request }) => request.To === to);
  const answerTo = (customer: string): Promise<SentMessage> =>
    twilio.waitFor(() => sentTo(`whatsapp:+${customer}`)[0], 20_000);
  /** The calls that say something about a message or a customer, in order. */
  const callsFor = (id: string, customer: string) =>
    twilio.calls.filter(({ body }) =>
      [id, `whatsapp:+${customer}`].some(end => Object.values(body as Form).includes(end)),
    );
  /** A customer writes and is answered: the answer, as Twilio and as the ledger has it. */
  async function answered() {
    const customer = newCustomer();
    await say(customer, 'thanks');
    const message = await answerTo(customer);
    await api.until(message.sid, () => true);
    return { customer, message };
  }

  it('marks the message read with typing in one call, then answers', async () => {
    const customer = newCustomer();
    const id = await say(customer, 'hello');
    const { request } = await answerTo(customer);
    assert.match(String(request.Body), /^Hello!/);
    const [read, send, ...more] = callsFor(id, customer);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [read?.path, read?.body],
      ['/v2/Indicators/Typing.json', { messageId: id, channel: 'whatsapp' }],
    );
    assert.equal(send?.path, `/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`);
    assert.match(
      String(request.StatusCallback),
      /^https:\/\/bot\.example\.com\/webhooks\/twilio\/status\?ref=[\w-]{36}#rp=5xx&rc=5$/,
    );
  });

  it('answers with the bot’s picture, and a message that came to the other address or came twice', async () => {
    const customer = newCustomer();
    await say(customer, 'Where are you?', {}, '/webhooks/twilio/status');
    assert.equal((await answerTo(customer)).request.MediaUrl, `${publicUrl}/pictures/map.png`);
    const other = newCustomer();
    const ends = { accountSid: twilio.accountSid, business, customer: other };
    const form = inboundForm(ends, twilio.receive(), { Body: 'thanks' });
    for (const token of ['one', 'one', 'two']) {
      const { authToken } = twilio;
      const headers = { 'i-twilio-idempotency-token': token };
      const { status } = await deliver(host.url, publicUrl, '/webhooks/twilio', form, { authToken, headers });
      assert.equal(status, 200);
    }
    await answerTo(other);
    const last = await answered();
    assert.equal(sentTo(`whatsapp:+${other}`).length, 1);
    assert.equal(sentTo(`whatsapp:+${last.customer}`).length, 1);
  });

  it('keeps the ledger by the callbacks, in any order, to the address that each message names', async () => {
    const { message } = await answered();
    for (const status of ['read', 'sent', 'delivered', 'sent'])
      assert.deepEqual(await twilio.tell(message, status, host.url), [200]);
    const view = await api.until(
      message.sid,
      ({ implied, level }) => level === 'read' && implied.length === 0,
    );
    assert.deepEqual([view.channel, view.failures], ['twilio', []]);
    assert.deepEqual(await api.list('orphans'), []);
  });

  it('shuts the window at 63016, though the call was taken', async () => {
    const { customer, message } = await answered();
    await twilio.tell(message, 'failed', host.url, { ErrorCode: '63016' });
    const { failures, conversation } = await api.until(message.sid, view => view.failures.length > 0);
    assert.deepEqual(
      failures.map(({ code }) => code),
      ['63016'],
    );
    const path = `conversations/${conversation}/messages`;
    const late = await api.ask<{ error: { code: string } }>(path, { text: 'Are you there?' });
    assert.deepEqual([late.status, late.body.error.code], [409, 'window_closed']);
    // A template may go out; a message from the customer opens the window again.
    const name = 'HX00000000000000000000000000000001';
    const template = { name, language: 'en', body: [{ type: 'text', text: 'Ann' }] };
    assert.equal((await api.ask(path, { template })).status, 202);
    const sent = sentTo(`whatsapp:+${customer}`).at(-1)?.request;
    assert.deepEqual([sent?.ContentSid, sent?.ContentVariables], [name, { '1': 'Ann' }]);
    await say(customer, 'Yes');
    assert.equal((await api.ask(path, { text: 'Good' })).status, 202);
  });

  it('asks Twilio before it escalates: a message that did arrive goes out no other way', async () => {
    const { customer, message } = await answered();
    const { conversation } = await api.until(message.sid, () => true);
    const escalate = { unless: 'delivered', afterMs: 1000, via: [{ type: 'sms' }] };
    const post = async (text: string) => {
      const { body } = await api.ask<{ id: string }>(`conversations/${conversation}/messages`, {
        text,
        escalate,
      });
      const found = await twilio.waitFor(() => twilio.sent.find(({ sid }) => sid === body.id), 20_000);
      return found;
    };
    const arrived = await post('It is ready.');
    // Its callbacks were lost: only Twilio knows.
    arrived.status = 'delivered';
    const asked = (sid: string) => () =>
      twilio.calls.some(({ method, path }) => method === 'GET' && path.endsWith(`/${sid}.json`));
    await twilio.waitFor(asked(arrived.sid), 20_000);
    await api.until(arrived.sid, ({ level }) => level === 'delivered');

    const lost = await post('It is still ready.');
    lost.status = 'undelivered';
    lost.errorCode = 63024;
    const sms = await twilio.waitFor(() => sentTo(`+${customer}`)[0], 20_000);
    assert.deepEqual([sms.request.From, sms.request.Body], ['+15550002222', 'It is still ready.']);
    assert.ok(asked(lost.sid)());
    const { failures } = await api.until(lost.sid, view => view.failures.length > 0);
    assert.equal(failures[0]?.code, '63024');
    assert.equal(sentTo(`+${customer}`).length, 1);
  });

  it('leaves alone what is another account’s or number’s, and refuses what is not signed', async () => {
    const calls = twilio.calls.length;
    const ends = { accountSid: twilio.accountSid, business, customer: newCustomer() };
    const { authToken } = twilio;
    const post = async (form: Form, by = authToken) =>
      (await deliver(host.url, publicUrl, '/webhooks/twilio', form, { authToken: by })).status;
    const id = twilio.receive();
    assert.equal(await post(inboundForm({ ...ends, accountSid: 'AC02' }, id)), 200);
    assert.equal(await post(inboundForm({ ...ends, business: '14155550000' }, id)), 200);
    assert.equal(await post({ ...inboundForm(ends, id), To: `+${business}` }), 200);
    assert.equal(await post(inboundForm(ends, id), 'the-token-of-others'), 401);
    await host.waitForOutput(/(Messages of other businesses are left alone[\s\S]*){3}/);
    assert.equal(twilio.calls.length, calls);
    assert.equal(await post(inboundForm(ends, id), 'the-token-before'), 200);
    await answerTo(ends.customer);
  });

  it('fetches nothing from an address that a webhook names, and shows no secret in what it wrote', () => {
    const output = host.output();
    for (const secret of [twilio.authToken, 'the-token-before', business, '4915550500001', 'still ready'])
      assert.ok(!output.includes(secret), 'the output shows a secret, a number or a text');
  });

  it('starts only with all that it needs, and says what it will not do', async () => {
    const { PUBLIC_URL: _, ...without } = settings();
    const refused = await failToStart({ ...without, BLUETICK_DATA: join(folder, 'other') });
    assert.equal(refused.code, 1);
    assert.match(refused.output, /The channel twilio is half set\. Missing: PUBLIC_URL\./);
    const { BLUETICK_POLICY: __, ...silent } = settings();
    const other = await startHostProcess({ ...silent, BLUETICK_DATA: join(folder, 'other') });
    await other.waitForOutput(/No message is marked read: reading always shows typing.*acceptTypingWithRead/);
    assert.equal(await other.end('SIGTERM'), 0);
    const hipaa = { ...settings(), TWILIO_COMPLIANCE: 'hipaa', BLUETICK_DATA: join(folder, 'other') };
    assert.match((await failToStart(hipaa)).output, /acceptTypingWithRead: got true.*under HIPAA/);
  });
});
