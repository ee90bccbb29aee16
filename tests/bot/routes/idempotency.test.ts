import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

const dayMs = 24 * 60 * 60 * 1000;

describe('Idempotency-Key', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let phone: Phone;
  let conversation: string;
  beforeEach(async () => {
    api = await startApiHost();
    phone = api.simulator.phone('4915550001111');
    conversation = await api.conversationWith(phone);
  });
  afterEach(() => api.close());

  const post = (key: string | undefined, body: unknown, id = conversation) =>
    api.call('POST', `/conversations/${id}/messages`, body, {
      'x-api-key': api.key,
      ...(key !== undefined && { 'idempotency-key': key }),
    });
  const calls = () => api.simulator.calls.filter(({ kind }) => kind === 'send').length;
  const text = { text: 'Your bicycle is ready.' };

  it('sends once, whoever asks again: the answer is the first one’s message', async () => {
    const before = calls();
    const first = await post('order-1', text);
    await api.until(`/messages/${first.body.ref}`, ({ level }) => level === 'delivered');
    const again = await post('order-1', text);
    assert.deepEqual([again.status, again.body.id], [202, first.body.id]);
    assert.equal(again.body.level, 'delivered', 'as it is by now');
    assert.equal(calls(), before + 1);
    await post(undefined, text);
    await post('order-2', text);
    assert.equal(calls(), before + 3);
  });

  it('sends once for many who ask at the same time', async () => {
    const before = calls();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('order-1', text)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
    assert.equal(new Set(answers.map(({ body }) => body.ref)).size, 1);
    assert.equal(calls(), before + 1);
  });

  it('does not care in which order the fields stand', async () => {
    const first = await post('order-1', '{"template":{"name":"a","language":"en"}}');
    const again = await post('order-1', ' {"template": {"language":"en","name":"a"}}');
    assert.deepEqual([again.status, again.body.ref], [202, first.body.ref]);
  });

  it('refuses the key for something else', async () => {
    await post('order-1', text);
    const before = calls();
    const { status, body } = await post('order-1', { text: 'Something else' });
    assert.deepEqual([status, body.error.code], [409, 'conflict']);
    assert.doesNotMatch(JSON.stringify(body), /order-1|bicycle|else/);
    assert.equal(calls(), before);
  });

  it('is the conversation’s own', async () => {
    const other = await api.conversationWith(api.simulator.phone('4915550002222'));
    const first = await post('order-1', text);
    const second = await post('order-1', { text: 'Something else' }, other);
    assert.deepEqual([second.status, second.body.conversation], [202, other]);
    assert.notEqual(second.body.ref, first.body.ref);
  });

  it('is known over a restart', async () => {
    const first = await post('order-1', text);
    await api.restart();
    const before = calls();
    const again = await post('order-1', text);
    assert.deepEqual([again.status, again.body.ref], [202, first.body.ref]);
    assert.equal(calls(), before);
  });

  it('is answered with the message also when the window has closed since', async () => {
    const first = await post('order-1', text);
    await api.host.app.store.shutWindow(conversation, Date.now() + dayMs);
    assert.equal((await post('order-2', text)).body.error.code, 'window_closed');
    const again = await post('order-1', text);
    assert.deepEqual([again.status, again.body.ref], [202, first.body.ref]);
    assert.equal((await post('order-1', { text: 'Something else' })).body.error.code, 'conflict');
  });

  it('is free still where the closed window kept the message back', async () => {
    await api.host.app.store.shutWindow(conversation, Date.now() + dayMs);
    assert.equal((await post('order-1', text)).body.error.code, 'window_closed');
    // Providers tell whole seconds: this one is after what closed it.
    phone.say('Hello?', { at: Date.now() + 2000 });
    await api.simulator.idle();
    assert.equal((await post('order-1', text)).status, 202);
  });

  it('gives the provider’s refusal again: the message, or that the window is closed', async () => {
    phone.reachable = false;
    const refused = await post('order-1', text);
    phone.reachable = true;
    const before = calls();
    const again = await post('order-1', text);
    assert.deepEqual(again, refused);
    assert.equal(again.body.failure, '131026');
    assert.equal(calls(), before);

    api.simulator.faults.calls({ kind: 'send', how: { type: 'code', code: 131047 } });
    const answers = [await post('order-2', text), await post('order-2', text)];
    for (const { status, body } of answers)
      assert.deepEqual([status, body.error.code], [409, 'window_closed']);
    assert.equal(calls(), before + 1);
  });

  it('takes visible characters only, up to 200', async () => {
    for (const key of ['', ' ', 'two words', 'x'.repeat(201), 'ü', 'a, b']) {
      const { status, body } = await post(key, text);
      assert.deepEqual(
        [key, status, body.error.code, body.error.field],
        [key, 400, 'invalid_request', 'Idempotency-Key'],
      );
    }
    assert.equal((await post(`!~${'x'.repeat(198)}`, text)).status, 202);
  });
});

describe('Idempotency-Key and a fallback template', function () {
  this.timeout(30_000);

  it('stands for the template that went out in the place of the message, once', async () => {
    const api = await startApiHost();
    try {
      const phone = api.simulator.phone('4915550001111');
      const conversation = await api.conversationWith(phone);
      await api.host.app.policies.put(
        { kind: 'default' },
        { window: { fallbackTemplate: { name: 'wake', language: 'en' } } },
      );
      api.simulator.faults.calls({ kind: 'send', how: { type: 'code', code: 131047 } });
      const post = () =>
        api.call(
          'POST',
          `/conversations/${conversation}/messages`,
          { text: 'Hello?' },
          { 'x-api-key': api.key, 'idempotency-key': 'order-1' },
        );
      const first = await post();
      assert.deepEqual(
        [first.status, first.body.sending, first.body.content, first.body.insteadOf],
        [202, 'sent', { type: 'template', template: 'wake' }, { type: 'text' }],
      );
      const calls = api.simulator.calls.length;
      const again = await post();
      assert.deepEqual([again.status, again.body.ref], [202, first.body.ref]);
      assert.equal(api.simulator.calls.length, calls);
    } finally {
      await api.close();
    }
  });
});
