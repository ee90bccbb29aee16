import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSimulator, type Simulator } from '../../../bot/simulator/simulator.ts';
import { createMetaChannel } from '../../../middleware/channels/meta/metaChannel.ts';
import { parseEvents } from '../../../middleware/channels/meta/parseEvents.ts';
import { verifyHubSignature } from '../../../middleware/channels/meta/signature.ts';
import type { Acknowledgement, InboundMessage } from '../../../middleware/domain.ts';

const business = '106540352242922';
const customer = '16505551234';

describe('simulator: webhooks', () => {
  let simulator: Simulator;
  let receiver: Server;
  let messages: InboundMessage[];
  let acknowledgements: Acknowledgement[];
  /** The HTTP statuses of the next answers; 200 when used up. `0`: no answer. */
  let answers: number[];

  beforeEach(async () => {
    messages = [];
    acknowledgements = [];
    answers = [];
    receiver = createServer(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      if (request.method === 'GET') {
        const known = url.searchParams.get('hub.verify_token') === 'verify';
        response.writeHead(known ? 200 : 403);
        response.end(url.searchParams.get('hub.challenge'));
        return;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const signed = verifyHubSignature(body, request.headers['x-hub-signature-256'], ['secret']);
      const status = answers.shift() ?? (signed ? 200 : 401);
      if (status === 0) {
        response.destroy();
        return;
      }
      if (status === 200) {
        const events = parseEvents(body, 'simulator');
        assert.deepEqual(events.rejected, []);
        messages.push(...events.messages);
        acknowledgements.push(...events.acknowledgements);
      }
      response.writeHead(status);
      response.end();
    });
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
      webhookUrl: `http://127.0.0.1:${port}/webhooks/meta?a=1`,
      retry: { firstMs: 1, longestMs: 4, attempts: 6, timeoutMs: 2000 },
    });
  });
  afterEach(async () => {
    await simulator.close();
    receiver.closeAllConnections();
    await new Promise(resolve => receiver.close(resolve));
  });

  const channel = () => createMetaChannel(simulator.channelOptions);
  const send = async (text: string, correlation = 'c-1') => {
    const made = channel();
    const address = { channel: 'simulator', business, customer } as const;
    const sent = await made.send(
      { ...address, content: { type: 'text', text }, correlation },
      AbortSignal.timeout(2000),
    );
    await made.close();
    return sent.providerId;
  };
  const said = () => messages.map(({ content }) => content.text);
  const statuses = () => acknowledgements.map(({ status }) => status);

  it('verify their address', async () => {
    assert.equal(await simulator.verifyWebhook(), true);
    simulator.webhookUrl = undefined;
    assert.equal(await simulator.verifyWebhook(), false);
  });
  it('bring what the customer does', async () => {
    const phone = simulator.phone(customer, { name: 'Ann' });
    const first = phone.say('hello');
    phone.sendFile('image', Buffer.from('x'), { contentType: 'image/png', caption: 'look' });
    phone.press({ title: 'Yes', payload: 'yes' }, { replyTo: first.id });
    phone.press({ title: 'One', payload: 'row-1', of: 'list' });
    phone.press({ title: 'Stop', payload: 'stop', of: 'template' });
    phone.react(first.id, '👍');
    phone.notify('request_welcome', {});
    await simulator.idle();
    assert.deepEqual(
      messages.map(({ kind, content }) => [kind, content.type, content.text, content.payload]),
      [
        ['message', 'text', 'hello', undefined],
        ['message', 'image', 'look', undefined],
        ['message', 'interactive', 'Yes', 'yes'],
        ['message', 'interactive', 'One', 'row-1'],
        ['message', 'button', 'Stop', 'stop'],
        ['reaction', 'reaction', undefined, undefined],
        ['welcome', 'request_welcome', undefined, undefined],
      ],
    );
    assert.equal(messages[0]?.customer, customer);
    assert.equal(messages[0]?.providerId, first.id);
    assert.equal(messages[0]?.content.name, 'Ann');
    assert.equal(messages[2]?.content.replyTo, first.id);
    assert.equal(first.tick, 'delivered');
  });
  it('bring several messages in one', async () => {
    simulator.phone(customer).sayMany(['1', '2', '3']);
    await simulator.idle();
    assert.deepEqual(said(), ['1', '2', '3']);
    assert.equal(simulator.attempts.length, 1);
  });
  it('bring who hides the number by the user id', async () => {
    simulator.phone('US.13491208655302741918').say('hi');
    await simulator.idle();
    assert.equal(messages[0]?.customer, 'US.13491208655302741918');
  });
  it('report sent, delivered and read, with our correlation', async () => {
    const phone = simulator.phone(customer);
    phone.say('hi');
    const id = await send('hello');
    await simulator.idle();
    assert.deepEqual(statuses(), ['sent', 'delivered']);
    phone.open();
    await simulator.idle();
    assert.deepEqual(statuses(), ['sent', 'delivered', 'read']);
    for (const { providerId, correlation, customer: to } of acknowledgements) {
      assert.deepEqual([providerId, correlation, to], [id, 'c-1', customer]);
    }
    acknowledgements.length = 0;
    await send('again');
    await simulator.idle();
    assert.deepEqual(statuses(), ['sent', 'delivered', 'read']);
    phone.leave();
    phone.play(id);
    phone.play('unknown');
    await simulator.idle();
    assert.equal(statuses().at(-1), 'played');
  });
  it('report no read where receipts are off, and nothing while the phone is offline', async () => {
    const phone = simulator.phone(customer);
    phone.say('hi');
    phone.readReceipts = false;
    phone.open();
    phone.setOnline(false);
    await send('hello');
    await simulator.idle();
    assert.deepEqual(statuses(), ['sent']);
    phone.setOnline(true);
    await simulator.idle();
    assert.deepEqual(statuses(), ['sent', 'delivered']);
    phone.readReceipts = true;
    phone.open();
    await simulator.idle();
    assert.deepEqual(statuses(), ['sent', 'delivered', 'read']);
  });
  it('may report only read, as documented', async () => {
    const other = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
      deliveredBeforeRead: false,
      ...(simulator.webhookUrl === undefined ? {} : { webhookUrl: simulator.webhookUrl }),
    });
    const phone = other.phone(customer);
    phone.say('hi');
    phone.open();
    const made = createMetaChannel(other.channelOptions);
    const call = {
      channel: 'simulator',
      business,
      customer,
      content: { type: 'text', text: 'x' },
      correlation: 'c',
    } as const;
    await made.send(call, AbortSignal.timeout(2000));
    await other.idle();
    await made.close();
    await other.close();
    assert.deepEqual(statuses(), ['sent', 'read']);
  });
  it('report a failure afterwards, which the phone never sees', async () => {
    const phone = simulator.phone(customer);
    phone.say('hi');
    simulator.faults.calls({ kind: 'send', how: { type: 'failLater', code: 131026 } });
    await send('hello');
    await simulator.idle();
    assert.deepEqual(statuses(), ['failed']);
    assert.equal(acknowledgements[0]?.failures?.[0]?.code, '131026');
    assert.equal(phone.messages.length, 1);
  });
  it('come again until they are answered 200', async () => {
    answers = [500, 0, 202, 404];
    const message = simulator.phone(customer).say('hi');
    assert.equal(message.tick, 'sent');
    await simulator.idle();
    assert.deepEqual(said(), ['hi']);
    assert.deepEqual(
      simulator.attempts.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 500],
        [2, undefined],
        [3, 202],
        [4, 404],
        [5, 200],
      ],
    );
    assert.equal(message.tick, 'delivered');
  });
  it('give up in the end', async () => {
    answers = Array.from({ length: 20 }, () => 503);
    simulator.phone(customer).say('hi');
    await simulator.idle();
    assert.equal(simulator.attempts.length, 6);
  });
  it('go nowhere while nobody is subscribed', async () => {
    const { webhookUrl } = simulator;
    simulator.webhookUrl = undefined;
    simulator.phone(customer).say('unheard');
    simulator.webhookUrl = webhookUrl;
    simulator.phone(customer).say('heard');
    await simulator.idle();
    assert.deepEqual(said(), ['heard']);
  });
  it('may be lost, repeated, late or in another order', async () => {
    const phone = simulator.phone(customer);
    simulator.faults.webhooks({ about: 'messages', how: { type: 'drop' } });
    phone.say('lost');
    simulator.faults.webhooks({ how: { type: 'repeat', more: 2 } });
    phone.say('thrice');
    await simulator.idle();
    assert.deepEqual(said(), ['thrice', 'thrice', 'thrice']);

    simulator.faults.webhooks({ how: { type: 'late', ms: 60 } });
    phone.say('late');
    phone.say('overtaking');
    await simulator.idle();
    assert.deepEqual(said().slice(3), ['overtaking', 'late']);

    simulator.faults.webhooks({ times: 3, how: { type: 'reverse', count: 3 } });
    for (const text of ['1', '2', '3', '4']) phone.say(text);
    await simulator.idle();
    assert.deepEqual(
      said()
        .slice(5)
        .filter(text => text !== '4'),
      ['3', '2', '1'],
    );
    assert.ok(said().includes('4'));
  });
  it('that were collected go out when faults are cleared', async () => {
    simulator.faults.webhooks({ about: 'statuses', how: { type: 'drop' } });
    simulator.faults.webhooks({ about: 'messages', times: 'all', how: { type: 'reverse', count: 5 } });
    simulator.phone(customer).say('1');
    simulator.phone(customer).say('2');
    await simulator.idle();
    assert.deepEqual(said(), []);
    simulator.faults.clear();
    await simulator.idle();
    assert.deepEqual(said(), ['1', '2']);
  });
  it('stop when the simulator is closed', async () => {
    answers = Array.from({ length: 20 }, () => 503);
    simulator.faults.webhooks({ about: 'messages', how: { type: 'late', ms: 60_000 } });
    simulator.phone(customer).say('late');
    simulator.phone(customer).say('refused');
    const idle = assert.rejects(simulator.idle(), /closed while waiting/);
    await simulator.close();
    await idle;
    assert.deepEqual(said(), []);
  });
});
