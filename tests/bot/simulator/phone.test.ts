import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../../bot/simulator/simulator.ts';
import { createMetaChannel } from '../../../middleware/channels/meta/metaChannel.ts';
import type { Interactive } from '../../../middleware/domain.ts';

const business = '106540352242922';
const customer = '16505551234';
const address = { channel: 'simulator', business, customer } as const;

const start = (options: Partial<SimulatorOptions> = {}) =>
  createSimulator({
    accessToken: 'token',
    appSecret: 'secret',
    verifyToken: 'verify',
    phoneNumberIds: [business, '2'],
    ...options,
  });

describe('simulator: the phone', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  it('keeps one chat for each number of the business', async () => {
    simulator = await start();
    assert.equal(simulator.phone(customer), simulator.phone(customer, { business }));
    assert.notEqual(simulator.phone(customer), simulator.phone(customer, { business: '2' }));
    assert.equal(simulator.phones.length, 2);
  });
  it('presses a button or a list row by its title', async () => {
    simulator = await start();
    const phone = simulator.phone(customer);
    assert.throws(() => phone.press('Yes'), /No button "Yes": the message has nothing to press/);
    phone.say('hi');
    const channel = createMetaChannel(simulator.channelOptions);
    const send = (interactive: Interactive) =>
      channel.send(
        { ...address, content: { type: 'interactive', interactive }, correlation: 'c' },
        AbortSignal.timeout(2000),
      );
    const buttons = await send({ kind: 'buttons', body: 'Sure?', buttons: [{ id: 'y', title: 'Yes' }] });
    const list = await send({
      kind: 'list',
      body: 'Which?',
      button: 'Show',
      rows: [{ id: '2', title: 'B' }],
    });
    await channel.close();
    assert.deepEqual(
      phone.messages.map(({ text }) => text),
      ['hi', 'Sure?', 'Which?'],
    );
    assert.throws(() => phone.press('Yes'), /No button "Yes": the message has B/);
    const row = phone.press('B');
    assert.deepEqual(row.body, {
      interactive: { type: 'list_reply', list_reply: { id: '2', title: 'B' } },
      context: { id: list.providerId },
    });
    const button = phone.press('Yes', { replyTo: buttons.providerId });
    assert.deepEqual(button.body, {
      interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } },
      context: { id: buttons.providerId },
    });
  });
  it('stops typing after its time, by the given timers', async () => {
    const tasks: { delayMs: number; task: () => void }[] = [];
    simulator = await start({
      scheduler: {
        after(delayMs, task) {
          const entry = { delayMs, task };
          tasks.push(entry);
          return () => tasks.splice(tasks.indexOf(entry), 1);
        },
      },
    });
    const channel = createMetaChannel(simulator.channelOptions);
    const phone = simulator.phone(customer);
    const { id: messageId } = phone.say('hi');
    const call = { ...address, messageId, typing: true, repeatId: 'r' };
    await channel.markRead(call, AbortSignal.timeout(2000));
    await channel.markRead(call, AbortSignal.timeout(2000));
    await channel.close();
    assert.deepEqual(
      tasks.map(({ delayMs }) => delayMs),
      [25_000],
    );
    tasks[0]?.task();
    assert.equal(phone.typing, false);
    assert.deepEqual(
      phone.timeline.map(({ what }) => what),
      ['customer', 'delivered', 'blue', 'typing', 'typingEnd'],
    );
  });
  it('lets tests wait for what happens, with a deadline', async () => {
    simulator = await start({ typingMs: 20 });
    const phone = simulator.phone(customer);
    const seen: string[] = [];
    simulator.events.on('event', (where, { what }) => seen.push(`${where.customer} ${what}`));
    const waited = phone.waitFor(one => one.timeline.find(({ what }) => what === 'typingEnd'), 2000);
    const { id: messageId } = phone.say('hi');
    const channel = createMetaChannel(simulator.channelOptions);
    await channel.markRead({ ...address, messageId, typing: true, repeatId: 'r' }, AbortSignal.timeout(2000));
    await channel.close();
    assert.equal((await waited).what, 'typingEnd');
    assert.deepEqual(
      seen,
      ['customer', 'delivered', 'blue', 'typing', 'typingEnd'].map(what => `${customer} ${what}`),
    );
    await assert.rejects(
      phone.waitFor(() => false, 10),
      /Not within 10 ms: the phone saw customer, delivered/,
    );
    await assert.rejects(
      simulator.phone('1').waitFor(() => undefined, 10),
      /the phone saw nothing/,
    );
    await assert.rejects(
      phone.waitFor(() => {
        throw new Error('a bad look');
      }),
      /a bad look/,
    );
    assert.equal(await simulator.waitFor(() => 'there'), 'there');
  });
  it('ends waits when the simulator is closed, and starts no timer any more', async () => {
    simulator = await start();
    const phone = simulator.phone(customer);
    const wait = assert.rejects(
      phone.waitFor(() => false),
      /closed while waiting/,
    );
    await simulator.close();
    await wait;
    phone.markedRead(phone.say('hi').id, true);
  });
  it('shows itself as JSON', async () => {
    simulator = await start();
    const phone = simulator.phone(customer);
    phone.say('hi');
    const shown = JSON.parse(JSON.stringify(phone));
    assert.deepEqual(Object.keys(shown), [
      'customer',
      'business',
      'typing',
      'online',
      'open',
      'readReceipts',
      'messages',
      'timeline',
    ]);
    assert.deepEqual([shown.messages[0].text, shown.messages[0].tick], ['hi', 'sent']);
  });
  it('does not start on a port that is taken', async () => {
    simulator = await start();
    await assert.rejects(start({ port: simulator.port }), { code: 'EADDRINUSE' });
  });
});

describe('simulator: control over HTTP', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await start();
  });
  afterEach(() => simulator.close());

  /** `node:http`, because `fetch` does not let `Host` be set. */
  const call = (method: string, path: string, body?: unknown, headers: IncomingHttpHeaders = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      body: Record<string, unknown>;
    }>();
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(
      simulator.url + path,
      { method, headers: { ...type, ...headers } },
      async response => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  };

  it('plays the customer', async () => {
    const path = `/phone/${customer}`;
    assert.equal((await call('GET', path)).status, 404);
    const written = await call('POST', `${path}/messages`, { text: 'hi' });
    assert.equal(written.status, 202);
    await call('POST', `/phone/+${customer}/messages`, { texts: ['a', 'b'] });
    assert.deepEqual((await call('POST', `${path}/chat`, { open: true })).body, { open: true });
    assert.deepEqual((await call('POST', `${path}/chat`, { open: false })).body, { open: false });
    const { status, body } = await call('GET', path);
    assert.equal(status, 200);
    assert.deepEqual(
      (body.messages as { text: string }[]).map(({ text }) => text),
      ['hi', 'a', 'b'],
    );
  });
  it('sets the phone, and plays a voice message', async () => {
    const path = `/phone/${customer}`;
    const set = async (body: object) => (await call('POST', `${path}/settings`, body)).body;
    assert.deepEqual(await set({ readReceipts: false }), { online: true, readReceipts: false });
    assert.deepEqual(await set({ online: false }), { online: false, readReceipts: false });
    assert.deepEqual(await set({}), { online: false, readReceipts: false });
    const phone = simulator.phone(customer);
    assert.deepEqual([phone.online, phone.readReceipts], [false, false]);
    assert.deepEqual(
      phone.timeline.map(({ what }) => what),
      ['offline'],
    );
    const { status } = await call('POST', `${path}/plays`, { messageId: 'wamid.1' });
    assert.equal(status, 202);
  });
  it('takes faults', async () => {
    const faults = {
      calls: [{ kind: 'send', how: { type: 'status', status: 500 } }],
      webhooks: [{ how: { type: 'drop' } }],
      statuses: [
        { order: 'reversed', copies: 2 },
        { times: 'all', without: 'all' },
      ],
    };
    assert.deepEqual((await call('POST', '/faults', faults)).body, { calls: 1, webhooks: 1, statuses: 2 });
    const { order, copies, without } = simulator.faults.takeStatuses();
    assert.deepEqual([order, copies, without], ['reversed', 2, []]);
    assert.equal(simulator.faults.takeStatuses().without, 'all');
    assert.equal(simulator.faults.takeStatuses().without, 'all');
    assert.deepEqual(simulator.faults.takeCall('read'), undefined);
    assert.deepEqual(simulator.faults.takeCall('send'), { type: 'status', status: 500 });
    await call('POST', '/faults', { clear: true });
    assert.equal(simulator.faults.takeWebhook('messages'), undefined);
    assert.deepEqual(simulator.faults.takeStatuses().without, []);
  });
  it('refuses what it does not understand', async () => {
    const path = `/phone/${customer}`;
    for (const [method, where, body, status] of [
      ['POST', `${path}/messages`, { txet: 'hi' }, 400],
      ['POST', `${path}/messages`, { text: '' }, 400],
      ['POST', `${path}/chat`, { open: 1 }, 400],
      ['POST', `${path}/settings`, { online: 'no' }, 400],
      ['POST', `${path}/plays`, {}, 400],
      ['POST', '/faults', { calls: [{}] }, 400],
      ['POST', '/faults', { statuses: [{ copies: 0 }] }, 400],
      ['POST', path, { text: 'hi' }, 405],
      ['GET', `${path}/messages`, undefined, 405],
      ['GET', '/faults', undefined, 405],
      ['POST', '/phone/ann/messages', { text: 'hi' }, 404],
    ] as const) {
      assert.equal((await call(method, where, body)).status, status, `${method} ${where}`);
    }
    const long = await call('POST', `${path}/messages`, { text: 'x'.repeat(2_000_000) });
    assert.equal(long.status, 400);
  });
  it('serves this machine only, and no foreign page', async () => {
    const text = { text: 'hi' };
    const path = `/phone/${customer}/messages`;
    for (const headers of [
      { host: 'evil.example.com' },
      { host: `127.0.0.1.evil.example.com:${simulator.port}` },
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { 'x-forwarded-for': '10.0.0.1' },
      { forwarded: 'for=10.0.0.1' },
    ]) {
      assert.equal((await call('POST', path, text, headers)).status, 403, JSON.stringify(headers));
      assert.equal((await call('GET', `/phone/${customer}`, undefined, headers)).status, 403);
    }
    assert.equal((await call('POST', path, text, { 'content-type': 'text/plain' })).status, 400);
    for (const headers of [
      { host: 'localhost' },
      { host: '[::1]:80' },
      { origin: 'http://localhost:3978' },
    ]) {
      assert.equal((await call('POST', path, text, headers)).status, 202, JSON.stringify(headers));
    }
  });
});
