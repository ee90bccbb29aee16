import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AcsEvent,
  deliver,
  inCloudSchema,
  inGridSchema,
  receivedEvent,
  statusEvent,
  validationEvent,
} from '../support/acsEvents.ts';
import type { Notification } from '../support/acsRequests.ts';
import { type AcsStandIn, startAcsStandIn } from '../support/acsStandIn.ts';
import { failToStart, type HostProcess, startHostProcess } from '../support/hostProcess.ts';

const channelId = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const secret = 'the-webhook-secret-0123456789';
const apiKey = 'a-key-for-the-tests-0123456789';
const userId = 'US.13491208655302741918';

describe('the main job over ACS', function () {
  this.timeout(40_000);
  let acs: AcsStandIn;
  let host: HostProcess;
  let folder: string;
  let customers = 0;
  /** Every host of this suite: what all of them wrote is looked at in the end. */
  const hosts: HostProcess[] = [];

  const settings = () => ({
    ACS_CONNECTION_STRING: acs.connectionString,
    ACS_CHANNEL_ID: channelId,
    ACS_WEBHOOK_SECRET: `${secret}, the-secret-before`,
    BLUETICK_API_KEY: apiKey,
    BLUETICK_DATA: join(folder, 'data'),
    PUBLIC_URL: 'https://bot.example.com',
    LOG_LEVEL: 'debug',
  });
  const start = async () => {
    host = await startHostProcess(settings());
    hosts.push(host);
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-acs-'));
    acs = await startAcsStandIn({ channelIds: [channelId] });
    await start();
  });
  after(async () => {
    await host.end('SIGTERM');
    await acs.close();
    await rm(folder, { recursive: true });
  });

  const newCustomer = () => {
    customers += 1;
    return `4915550${String(200_000 + customers)}`;
  };
  const url = (query = `?code=${secret}`) => `${host.url}/webhooks/acs${query}`;
  /** Delivers events; they must be taken. */
  async function tell(...events: readonly AcsEvent[]): Promise<void> {
    const response = await deliver(url(), inGridSchema(events));
    assert.equal(response.status, 200, await response.text());
  }
  const sentTo = (to: string): readonly Notification[] =>
    [...acs.sent.values()].filter(notification => notification.to[0] === to);
  const answerTo = (to: string, count = 1) =>
    acs.waitFor(() => sentTo(to).length >= count && sentTo(to).at(-1), 20_000);
  /** The paths of the calls so far about a message or a customer, in order. */
  const callsFor = (messageId: string, to: string) =>
    acs.calls
      .map(({ path, body }) => ({ path: String(path.split('?')[0]), body: body as Record<string, unknown> }))
      .filter(({ body }) => body?.messageId === messageId || (body?.to as string[] | undefined)?.[0] === to);

  it('marks the message read with typing in one call, then answers', async () => {
    const customer = newCustomer();
    const messageId = acs.receive();
    await tell(receivedEvent({ to: channelId, from: customer, messageId, content: 'hello' }));
    const answer = await answerTo(`+${customer}`);
    assert.equal(answer.kind, 'text');
    assert.match(String(Reflect.get(answer, 'content')), /^Hello!/);
    const [read, send, ...more] = callsFor(messageId, `+${customer}`);
    assert.deepEqual(more, []);
    assert.deepEqual(read, {
      path: '/messages/readreceipts:send',
      body: { channelRegistrationId: channelId, messageId, typingIndicator: true },
    });
    assert.equal(send?.path, '/messages/notifications:send');
  });

  it('answers with the bot’s picture', async () => {
    const customer = newCustomer();
    const messageId = acs.receive();
    await tell(receivedEvent({ to: channelId, from: customer, messageId, content: 'Where are you?' }));
    assert.deepEqual(await answerTo(`+${customer}`), {
      channelRegistrationId: channelId,
      to: [`+${customer}`],
      kind: 'image',
      mediaUri: 'https://bot.example.com/pictures/map.png',
      caption: 'Dock Street 7, the yard behind the bakery.',
    });
  });

  it('answers a batch of CloudEvents, redelivered, once, with the secret in a header', async () => {
    const ends = [newCustomer(), newCustomer()];
    const events = ends.map(from =>
      receivedEvent({ to: channelId, from, messageId: acs.receive(), content: 'thanks' }),
    );
    const headers = {
      'x-webhook-secret': 'the-secret-before',
      'content-type': 'application/cloudevents-batch+json; charset=utf-8',
    };
    for (const _delivery of [1, 2]) {
      const response = await deliver(url(''), inCloudSchema(events), { headers });
      assert.equal(response.status, 200);
    }
    for (const end of ends) await answerTo(`+${end}`);
    const last = newCustomer();
    await tell(receivedEvent({ to: channelId, from: last, messageId: acs.receive(), content: 'thanks' }));
    await answerTo(`+${last}`);
    assert.deepEqual(
      ends.map(end => sentTo(`+${end}`).length),
      [1, 1],
    );
  });

  it('answers who hides the number, and a message without an id, which cannot be marked read', async () => {
    const event = receivedEvent({ to: channelId, from: '', fromBSUID: userId, messageId: undefined });
    const receipts = acs.receipts.length;
    await tell(event);
    await answerTo(userId);
    assert.equal(acs.receipts.length, receipts);
    await host.waitForOutput(/A message came without an id: it cannot be marked read/);
    assert.deepEqual(await outcomes(userId), ['skipped']);
  });

  it('takes statuses, and leaves events of other channels and kinds alone', async () => {
    const before = acs.calls.length;
    const customer = newCustomer();
    await tell(
      statusEvent({ from: channelId, messageId: 'm', status: 'Read' }),
      receivedEvent({ to: '11111111-1111-1111-1111-111111111111', from: customer }),
      {
        ...receivedEvent({ to: channelId }),
        type: 'Microsoft.Communication.AdvancedMessageAnalysisCompleted',
      },
    );
    await host.waitForOutput(/Messages of other businesses are left alone/);
    assert.equal(acs.calls.length, before);
  });

  it('makes a receipt again that failed, under the same id', async () => {
    const customer = newCustomer();
    const messageId = acs.receive();
    acs.strike('server');
    await tell(receivedEvent({ to: channelId, from: customer, messageId, content: 'hello' }));
    const tries = () =>
      acs.calls.filter(({ body }) => (body as { messageId?: string })?.messageId === messageId);
    await acs.waitFor(() => acs.receipts.some(receipt => receipt.messageId === messageId), 20_000);
    await answerTo(`+${customer}`);
    const ids = tries().map(({ headers }) => headers['repeatability-request-id']);
    assert.ok(ids.length >= 2);
    assert.equal(new Set(ids).size, 1);
  });

  it('sends a receipt, though the host was killed before it heard that it was taken', async () => {
    const customer = newCustomer();
    const messageId = acs.receive();
    acs.strike('lost');
    await tell(receivedEvent({ to: channelId, from: customer, messageId, content: 'hello' }));
    const taken = (count: number) => () =>
      acs.receipts.filter(receipt => receipt.messageId === messageId).length >= count;
    await acs.waitFor(taken(1), 20_000);
    await host.end('SIGKILL');
    await start();
    await acs.waitFor(taken(2), 30_000);
    await answerTo(`+${customer}`);
    // It is written after the call; the suite's time limit is the deadline.
    let ended = await outcomes(customer);
    while (ended[0] === 'scheduled') ended = await outcomes(customer);
    assert.deepEqual(ended, ['sent']);
  });

  it('sends an answer once, though the host was killed before it heard that it was sent', async () => {
    const customer = newCustomer();
    const messageId = acs.receive();
    // Marking read is answered; the reply is carried out and its answer lost.
    const sends = () =>
      acs.calls.filter(({ body }) => (body as { to?: string[] })?.to?.[0] === `+${customer}`);
    const seen = acs.waitFor(() => acs.receipts.some(receipt => receipt.messageId === messageId));
    await tell(receivedEvent({ to: channelId, from: customer, messageId, content: 'Is my bicycle ready?' }));
    await seen;
    acs.strike('lost');
    await acs.waitFor(() => sends().length === 1, 20_000);
    await host.end('SIGKILL');
    await start();
    await acs.waitFor(() => sends().length === 2, 30_000);
    const [first, second] = sends();
    for (const header of ['repeatability-request-id', 'repeatability-first-sent']) {
      assert.equal(second?.headers[header], first?.headers[header]);
    }
    assert.equal(sentTo(`+${customer}`).length, 1);
  });

  describe('its webhook', () => {
    it('answers the handshake of a subscription, to who knows the secret', async () => {
      const body = inGridSchema([validationEvent('512d38b6-c7b8-40c8-89fe-f46f9e9622b6')]);
      const options = { about: 'SubscriptionValidation' };
      const response = await deliver(url(), body, options);
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
      assert.deepEqual(await response.json(), {
        validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
      });
      assert.equal((await deliver(url('?code=wrong'), body, options)).status, 401);
    });

    it('answers the handshake of CloudEvents', async () => {
      const headers = { 'WebHook-Request-Origin': 'eventgrid.azure.net', 'WebHook-Request-Rate': '120' };
      const response = await fetch(url(), { method: 'OPTIONS', headers });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('webhook-allowed-origin'), 'eventgrid.azure.net');
      assert.equal(response.headers.get('webhook-allowed-rate'), '*');
      assert.equal(response.headers.get('allow'), 'POST');
      assert.equal((await fetch(url(), { method: 'OPTIONS' })).status, 400);
    });

    for (const [what, query, headers] of [
      ['no secret', '', {}],
      ['a wrong secret', '?code=the-webhook-secret', {}],
      ['a wrong header', '', { 'x-webhook-secret': 'the-webhook-secret' }],
      ['the API key', '', { 'x-api-key': apiKey }],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const event = receivedEvent({ to: channelId, from: newCustomer(), messageId: acs.receive() });
        const response = await deliver(url(query), inGridSchema([event]), { headers });
        assert.equal(response.status, 401);
        const { error } = (await response.json()) as { error: { code: string; message: string } };
        assert.deepEqual([error.code, error.message], ['unauthorized', 'The proof is missing or wrong']);
      });
    }
  });

  it('does not start without a proof of where webhooks come from', async () => {
    const { code, output } = await failToStart({ ...settings(), ACS_WEBHOOK_SECRET: '' });
    assert.equal(code, 1);
    assert.match(output, /Missing: ACS_WEBHOOK_SECRET or ACS_WEBHOOK_TENANT_ID with ACS_WEBHOOK_AUDIENCE/);
  });

  it('has written no number, no id of a message, no text and no secret', () => {
    const output = hosts.map(one => one.output()).join('\n');
    assert.match(output, /Receipt sent/);
    const ids = [...acs.sent.keys(), ...acs.receipts.map(({ messageId }) => messageId)];
    for (const hidden of [
      '4915550',
      userId,
      'bicycle',
      secret,
      'secret-before',
      acs.accessKey,
      apiKey,
      ...ids,
    ]) {
      assert.ok(!output.includes(hidden), hidden);
    }
  });

  /** The outcomes of a customer's receipts, as the API tells them. */
  async function outcomes(customer: string): Promise<string[]> {
    const ask = async (path: string) => {
      const response = await fetch(`${host.url}/api/v1/${path}`, { headers: { 'x-api-key': apiKey } });
      return (await response.json()) as {
        items: { id: string; outcome: string; customer?: { masked: string } }[];
      };
    };
    const { items } = await ask('conversations');
    const [conversation] = items.filter(({ customer: end }) => end?.masked.endsWith(customer.slice(-2)));
    const receipts = await ask(`conversations/${conversation?.id}/receipts`);
    return receipts.items.map(({ outcome }) => outcome);
  }
});
