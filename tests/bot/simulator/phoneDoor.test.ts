import assert from 'node:assert/strict';
import { createSimulator, type Simulator } from '../../../bot/simulator/simulator.ts';
import { createMetaChannel } from '../../../middleware/channels/meta/metaChannel.ts';
import { business, customer, type Receiver, send, simulatorFor, startReceiver } from './receiver.ts';

describe('simulator: what the customer does', () => {
  let receiver: Receiver;
  let simulator: Simulator;
  beforeEach(async () => {
    receiver = await startReceiver();
    simulator = await simulatorFor(receiver);
  });
  afterEach(async () => {
    await simulator.close();
    await receiver.close();
  });

  const post = async (part: string, body: unknown) => {
    const response = await fetch(`${simulator.url}/phone/${customer}/${part}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of the answer
    return { status: response.status, body: (await response.json()) as any };
  };
  const whats = () => simulator.phone(customer).timeline.map(({ what }) => what);

  it('quotes, reacts and takes a reaction back', async () => {
    const phone = simulator.phone(customer);
    const { id } = phone.say('hi');
    const { body } = await post('messages', { text: 'as I said', replyTo: id });
    assert.deepEqual(body.messages[0].body.context, { id });
    await post('reactions', { messageId: id, emoji: '👍' });
    assert.equal(phone.messages[0]?.reaction, '👍');
    await post('reactions', { messageId: id });
    assert.equal(phone.messages[0]?.reaction, undefined);
    await simulator.idle();
    assert.deepEqual(
      receiver.messages.map(({ kind }) => kind),
      ['message', 'message', 'reaction', 'reaction'],
    );
  });

  it('deletes an own message: it is gone from the phone, and the business is told', async () => {
    const phone = simulator.phone(customer);
    const { id } = phone.say('a secret');
    const theirs = await send(simulator);
    assert.equal((await post('revokes', { messageId: id })).status, 202);
    assert.equal((await post('revokes', { messageId: theirs })).status, 400);
    assert.equal((await post('revokes', { messageId: 'wamid.unknown' })).status, 400);
    const [gone] = phone.messages;
    assert.deepEqual([gone?.text, gone?.body, gone?.revokedAt !== undefined], [undefined, {}, true]);
    // Once only, however often it is asked for.
    assert.equal((await post('revokes', { messageId: id })).status, 202);
    await simulator.idle();
    const told = receiver.messages.filter(({ kind }) => kind === 'revoke');
    assert.deepEqual(
      told.map(({ content }) => content.concerns),
      [id],
    );
  });

  it('tells no business of a deletion that Meta would not tell', async () => {
    const other = await simulatorFor(receiver, { tellsRevokes: false });
    try {
      const phone = other.phone(customer);
      assert.equal(phone.revoke(phone.say('hi').id), undefined);
      await other.idle();
      assert.deepEqual(
        receiver.messages.map(({ kind }) => kind),
        ['message'],
      );
    } finally {
      await other.close();
    }
  });

  it('presses a button of the message that is named', async () => {
    simulator.phone(customer).say('hi');
    const buttons = [{ id: 'y', title: 'Yes' }];
    const content = {
      type: 'interactive',
      interactive: { kind: 'buttons', body: 'Sure?', buttons },
    } as const;
    const messageId = await send(simulator, content);
    const { status, body } = await post('presses', { messageId, title: 'Yes' });
    assert.equal(status, 202);
    assert.deepEqual(body.messages[0].body, {
      interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } },
      context: { id: messageId },
    });
    assert.equal((await post('presses', { messageId, title: 'No' })).status, 400);
    assert.equal((await post('presses', { messageId: 'wamid.unknown', title: 'Yes' })).status, 400);
  });

  it('writes without a network: a clock until it is there again, and ticks as they come then', async () => {
    const phone = simulator.phone(customer);
    phone.setOnline(false);
    const { id: messageId } = phone.say('hi');
    assert.equal(phone.messages[0]?.tick, 'waiting');
    await simulator.idle();
    assert.deepEqual(receiver.messages, []);
    phone.setOnline(true);
    await phone.waitFor(({ messages: [first] }) => first?.tick === 'delivered');
    assert.deepEqual(whats(), ['offline', 'customer', 'online', 'sent', 'delivered']);
    phone.setOnline(false);
    const channel = createMetaChannel(simulator.channelOptions);
    const call = {
      channel: 'simulator',
      business,
      customer,
      messageId,
      repeatId: 'r',
      typing: true,
    } as const;
    await channel.markRead(call, AbortSignal.timeout(2000));
    await channel.close();
    const theirs = await send(simulator);
    const isAway = () => phone.messages.find(({ id }) => id === theirs)?.isAway;
    assert.deepEqual([phone.messages[0]?.tick, phone.typing, isAway()], ['delivered', false, true]);
    phone.setOnline(true);
    assert.deepEqual([phone.messages[0]?.tick, phone.typing, isAway()], ['read', false, undefined]);
    assert.deepEqual(whats().slice(5), ['offline', 'business', 'online', 'blue', 'arrived']);
  });

  it('sends files, which the phone shows and which run nothing', async () => {
    const upload = (type: string, headers: Record<string, string>, body = 'bytes') =>
      fetch(`${simulator.url}/phone/${customer}/files`, {
        method: 'POST',
        headers: { 'content-type': type, ...headers },
        body,
      });
    const sent = await upload('image/png', { 'x-file-name': 'm%C3%BCll.png', 'x-caption': 'Look%21' });
    assert.equal(sent.status, 202);
    await upload('application/pdf', { 'x-file-name': 'm%C3%BCll.pdf' });
    await upload('image/svg+xml', { 'x-file-name': 'a.svg' });
    const messages = simulator.phone(customer).messages;
    assert.deepEqual(
      messages.map(({ type, text }) => [type, text]),
      [
        ['image', 'Look!'],
        ['document', undefined],
        ['document', undefined],
      ],
    );
    const [image, document] = messages.map(
      ({ body, type }) => body[type] as { id: string; filename?: string },
    );
    assert.equal(document?.filename, 'müll.pdf');
    const file = await fetch(`${simulator.url}/phone/${customer}/files/${image?.id}`);
    assert.equal(file.headers.get('content-security-policy'), "default-src 'none'; sandbox");
    assert.equal(file.headers.get('content-type'), 'image/png');
    assert.equal(await file.text(), 'bytes');
    const other = await fetch(`${simulator.url}/phone/${customer}/files/${document?.id}`);
    assert.equal(other.headers.get('content-disposition'), 'attachment');
    assert.equal((await fetch(`${simulator.url}/phone/${customer}/files/1`)).status, 404);
    for (const [type, headers, body, status] of [
      ['image/png', {}, 'bytes', 400],
      ['image/png', { 'x-file-name': '%' }, 'bytes', 400],
      ['picture', { 'x-file-name': 'a.png' }, 'bytes', 400],
      ['image/png', { 'x-file-name': 'a.png' }, '', 400],
      ['image/png', { 'x-file-name': 'a.png' }, 'x'.repeat(17_000_000), 413],
    ] as const)
      assert.equal((await upload(type, headers, body)).status, status);
  });

  it('takes nothing for an act that only looks like one', async () => {
    assert.equal((await post('constructor', { text: 'hi' })).status, 404);
    assert.equal((await post('messages/1', { text: 'hi' })).status, 404);
    assert.equal((await post('events', { text: 'hi' })).status, 405);
  });
});

describe('simulator: those who read along', () => {
  it('get the phone, then each thing that happens, until they are let go', async () => {
    const simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business],
    });
    try {
      const phone = simulator.phone(customer);
      phone.say('before');
      const response = await fetch(`${simulator.url}/phone/${customer}/events`);
      assert.equal(response.headers.get('content-type'), 'text/event-stream');
      simulator.phone('16505550000').say('of another');
      phone.say('after');
      phone.open();
      simulator.hangUp();
      const events = (await response.text()).split('\n\n').filter(Boolean);
      const [first, second, third] = events.map(event => {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
        return { name, data: JSON.parse(data ?? '') };
      });
      assert.equal(events.length, 3);
      assert.deepEqual([first?.name, first?.data.messages[0].text], ['phone', 'before']);
      assert.deepEqual(
        [second?.name, second?.data.event.what, second?.data.message.text, second?.data.open],
        ['change', 'customer', 'after', false],
      );
      assert.deepEqual(
        [third?.data.event.what, third?.data.message, third?.data.open],
        ['opened', undefined, true],
      );
    } finally {
      await simulator.close();
    }
  });
});
