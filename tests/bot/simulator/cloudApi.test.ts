import assert from 'node:assert/strict';
import { createSimulator, type Simulator } from '../../../bot/simulator/simulator.ts';
import { business, customer } from './receiver.ts';

/** What the API may answer, as far as these tests look. */
interface Answer {
  readonly error: { readonly code: number; readonly error_data: { readonly messaging_product: string } };
  readonly messaging_product: string;
  readonly contacts: readonly object[];
  readonly messages: readonly [{ readonly id: string; readonly message_status: string }];
  readonly url: string;
}

describe('simulator: the Cloud API', () => {
  let simulator: Simulator;
  let now: number;
  beforeEach(async () => {
    now = Date.UTC(2026, 10, 21, 12);
    simulator = await createSimulator({
      accessToken: 'token',
      appSecret: 'secret',
      verifyToken: 'verify',
      phoneNumberIds: [business, '2'],
      clock: { now: () => now },
    });
  });
  afterEach(() => simulator.close());

  const call = async (body: unknown, { token = 'token', id = business, version = 'v25.0' } = {}) => {
    const response = await fetch(`${simulator.url}/${version}/${id}/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  const code = async (...given: Parameters<typeof call>) => {
    const { status, body } = await call(...given);
    assert.deepEqual(Object.keys(body.error), ['message', 'type', 'code', 'error_data', 'fbtrace_id']);
    assert.equal(body.error.error_data.messaging_product, 'whatsapp');
    return [body.error.code, status];
  };
  const read = (message_id: string, more: object = {}) => ({
    messaging_product: 'whatsapp',
    status: 'read',
    message_id,
    ...more,
  });
  const text = { messaging_product: 'whatsapp', to: customer, type: 'text', text: { body: 'hi' } };

  it('marks read, and every earlier message with it', async () => {
    const phone = simulator.phone(customer);
    const [one, two, three] = phone.sayMany(['1', '2', '3']);
    assert.deepEqual(await call(read(two!.id)), { status: 200, body: { success: true } });
    assert.deepEqual([one?.tick, two?.tick, three?.tick], ['read', 'read', 'sent']);
    await call(read(two!.id));
    assert.equal(phone.timeline.filter(({ what }) => what === 'blue').length, 2);
    assert.equal(phone.typing, false);
  });
  it('marks in the order of the times, not of the arrival', async () => {
    const phone = simulator.phone(customer);
    const later = phone.say('later');
    const earlier = phone.say('earlier', { at: now - 60_000 });
    await call(read(later.id));
    assert.equal(earlier.tick, 'read');
  });
  it('shows typing with it', async () => {
    const phone = simulator.phone(customer);
    const { id } = phone.say('hi');
    await call(read(id, { typing_indicator: { type: 'text' } }));
    await call(read(id, { typing_indicator: { type: 'text' } }));
    assert.equal(phone.typing, true);
    await call(text);
    assert.equal(phone.typing, false);
    assert.deepEqual(
      phone.timeline.map(({ what }) => what),
      ['customer', 'delivered', 'blue', 'typing', 'typingEnd', 'business'],
    );
    assert.deepEqual(
      simulator.calls.map(({ kind }) => kind),
      ['typing', 'typing', 'send'],
    );
  });
  it('answers a send as documented', async () => {
    simulator.phone(customer).say('hi');
    const { status, body } = await call({ ...text, to: `+${customer}`, biz_opaque_callback_data: 'c-1' });
    assert.equal(status, 200);
    assert.deepEqual(body.contacts, [{ input: `+${customer}`, wa_id: customer }]);
    assert.equal(body.messaging_product, 'whatsapp');
    assert.equal(body.messages.length, 1);
    assert.match(body.messages[0].id, /^wamid\.HBgL/);
    assert.equal(body.messages[0].message_status, 'accepted');
    assert.equal(simulator.phone(customer).messages.at(-1)?.text, 'hi');
  });
  it('reaches who hides the number by the user id', async () => {
    const id = 'US.13491208655302741918';
    const phone = simulator.phone(id);
    phone.say('hi');
    const { to: _, ...rest } = text;
    const { body } = await call({ ...rest, recipient: id });
    assert.deepEqual(body.contacts, [{ input: id, user_id: id }]);
    const known = simulator.phone(customer);
    known.say('hi');
    await call({ ...rest, recipient: known.wire.userId });
    assert.equal(known.messages.at(-1)?.from, 'business');
    assert.equal(simulator.phones.length, 2);
  });
  it('takes every type', async () => {
    const phone = simulator.phone(customer);
    phone.say('hi');
    const link = 'https://example.com/f';
    const head = { messaging_product: 'whatsapp', recipient_type: 'individual', to: customer };
    const bodies = [
      { type: 'image', image: { link, caption: 'c' } },
      { type: 'document', document: { id: '7', filename: 'f' } },
      { type: 'audio', audio: { link } },
      { type: 'video', video: { link } },
      { type: 'sticker', sticker: { link } },
      { type: 'template', template: { name: 't', language: { code: 'en' } } },
      { type: 'interactive', interactive: { type: 'button', body: { text: 'Choose' }, action: {} } },
      { type: 'interactive', interactive: { type: 'flow' } },
      { text: { body: 'no type' } },
    ];
    for (const body of bodies)
      assert.equal((await call({ ...head, ...body })).status, 200, JSON.stringify(body));
    assert.deepEqual(
      phone.messages.slice(1).map(({ type, text }) => [type, text]),
      [
        ['image', 'c'],
        ['document', undefined],
        ['audio', undefined],
        ['video', undefined],
        ['sticker', undefined],
        ['template', '[t]'],
        ['interactive', 'Choose'],
        ['interactive', undefined],
        ['text', 'no type'],
      ],
    );
  });
  it('refuses a missing, a wrong and another’s token', async () => {
    assert.deepEqual(await code(text, { token: '' }), [200, 403]);
    assert.deepEqual(await code(text, { token: 'other' }), [190, 401]);
  });
  it('refuses what is missing, misspelled or not there with 100', async () => {
    simulator.phone(customer).say('hi');
    const { to: _, ...noRecipient } = text;
    const bodies = [
      'not json',
      '5',
      {},
      { ...text, messaging_product: undefined },
      { ...text, messaging_product: 'sms' },
      noRecipient,
      { ...text, text: {} },
      { ...text, text: { body: '' } },
      { ...text, text: { body: 'x'.repeat(4097) } },
      { ...text, txet: { body: 'x' } },
      { ...text, type: 'hologram' },
      { ...text, context: { id: 'x' } },
      { messaging_product: 'whatsapp', to: customer, type: 'image', image: {} },
      { messaging_product: 'whatsapp', status: 'read' },
      { messaging_product: 'whatsapp', status: 'raed', message_id: 'x' },
      read('x', { typing_indicator: { type: 'dance' } }),
      read('x', { typing_indicator: true }),
    ];
    for (const body of bodies) assert.deepEqual(await code(body), [100, 400], JSON.stringify(body));
    assert.deepEqual(await code(text, { id: '3' }), [100, 400]);
  });
  it('refuses to mark what the customer did not write to this number', async () => {
    const { id } = simulator.phone(customer).say('hi');
    assert.deepEqual(await code(read('wamid.unknown')), [131009, 400]);
    assert.deepEqual(await code(read(id), { id: '2' }), [131009, 400]);
    const { body } = await call(text);
    assert.deepEqual(await code(read(body.messages[0].id)), [131009, 400]);
  });
  it('takes the id of a reaction, and nothing turns blue', async () => {
    const phone = simulator.phone(customer);
    const { id } = phone.say('hi');
    const reaction = phone.react(id, '👍');
    phone.react(id);
    assert.equal((await call(read(reaction))).status, 200);
    assert.equal(phone.messages[0]?.tick, 'sent');
  });
  it('closes the window after 24 hours, except for templates', async () => {
    assert.deepEqual(await code(text), [131047, 400]);
    simulator.phone(customer).say('hi');
    now += 24 * 60 * 60 * 1000;
    assert.equal((await call(text)).status, 200);
    now += 1;
    assert.deepEqual(await code(text), [131047, 400]);
    const { text: _, ...rest } = text;
    const template = { ...rest, type: 'template', template: { name: 't', language: { code: 'en' } } };
    assert.equal((await call(template)).status, 200);
  });
  it('cannot reach who is not on WhatsApp', async () => {
    const phone = simulator.phone(customer);
    phone.say('hi');
    phone.reachable = false;
    assert.deepEqual(await code(text), [131026, 400]);
  });
  it('describes files and gives their bytes, with a token only', async () => {
    const phone = simulator.phone(customer);
    const sent = phone.sendFile('document', Buffer.from('bytes'), {
      contentType: 'text/plain',
      fileName: 'f.txt',
      caption: 'c',
    });
    const { id } = sent.body.document as { id: string };
    const get = (path: string, token = 'token') =>
      fetch(path.startsWith('http') ? path : `${simulator.url}${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
    const described = (await (await get(`/v25.0/${id}`)).json()) as Answer;
    assert.deepEqual(
      { ...described, sha256: '' },
      {
        messaging_product: 'whatsapp',
        url: `${simulator.url}/media/${id}`,
        mime_type: 'text/plain',
        sha256: '',
        file_size: '5',
        id,
      },
    );
    const file = await get(described.url);
    assert.deepEqual([await file.text(), file.headers.get('content-type')], ['bytes', 'text/plain']);
    for (const [path, token, status] of [
      [`/v25.0/${id}`, 'other', 401],
      [`/media/${id}`, 'other', 401],
      ['/v25.0/5', 'token', 400],
      ['/media/5', 'token', 404],
      [`/v25.0/${id}?phone_number_id=2`, 'token', 400],
      [`/v25.0/${id}?phone_number_id=${business}`, 'token', 200],
    ] as const) {
      const response = await get(path, token);
      await response.body?.cancel();
      assert.equal(response.status, status, path);
    }
  });
  it('serves nothing else', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', `/v25.0/${business}/messages`],
      ['POST', `/v25.0/${business}`],
      ['POST', `/${business}/messages`],
    ] as const) {
      const response = await fetch(simulator.url + path, { method });
      await response.body?.cancel();
      assert.equal(response.status, 404, path);
    }
    await assert.rejects(fetch(`${simulator.url}/v25.0/%ff`));
  });
  it('records every call, refused ones included', async () => {
    await call(text, { token: 'other' });
    await call('not json');
    assert.deepEqual(simulator.calls, [
      {
        at: now,
        kind: 'send',
        phoneNumberId: business,
        method: 'POST',
        path: `/v25.0/${business}/messages`,
        body: text,
      },
      {
        at: now,
        kind: 'send',
        phoneNumberId: business,
        method: 'POST',
        path: `/v25.0/${business}/messages`,
        body: undefined,
      },
    ]);
    assert.equal((await simulator.waitForCalls(2, 1000)).length, 2);
    await assert.rejects(simulator.waitForCalls(1, 20, 'read'), /Not within 20 ms: the API had send, send/);
  });
});
