import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { type ApiAnswer, type ApiHost, startApiHost } from '../../support/apiHost.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

describe('the thread of a conversation, over the API', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let phone: Phone;
  let id: string;
  before(async () => {
    api = await startApiHost();
    phone = api.simulator.phone('4915550001111', { name: 'Anna Example' });
    id = await api.conversationWith(phone);
    // From here on nobody answers, so that the thread is what the test makes it.
    await api.host.app.store.changeConversation(id, { holder: 'agent' });
  });
  after(() => api.close());

  const get = (path = '') => api.call('GET', `/conversations/${id}${path}`);
  const items = async (query = ''): Promise<ApiAnswer['body'][]> => (await get(`/thread${query}`)).body.items;
  /** Until what the phone sent is in the thread. */
  const arrive = async () => {
    await api.simulator.idle();
    return (await items())[0];
  };
  const post = async (body: object) => (await api.call('POST', `/conversations/${id}/messages`, body)).body;

  it('has the messages of both sides with their texts, newest first, with receipt and ticks', async () => {
    const [reply, question] = await items();
    assert.deepEqual(
      [question.side, question.kind, question.content],
      ['customer', 'message', { type: 'text', text: 'hello' }],
    );
    assert.match(question.receipt.outcome, /^(scheduled|sent)$/);
    assert.deepEqual([reply.side, reply.sender, reply.content.type], ['business', 'bot', 'text']);
    assert.match(reply.content.text, /Spoke & Chain/);
    assert.equal(reply.message.ref, reply.ref);
    assert.ok(reply.message.level);
    for (const { ref } of [reply, question])
      assert.deepEqual(
        (await get(`/thread/${ref}`)).body.content,
        (ref === reply.ref ? reply : question).content,
      );
  });

  it('is read page by page', async () => {
    const { body: first } = await get('/thread?limit=1');
    const { body: second } = await get(`/thread?limit=1&after=${first.next}`);
    assert.deepEqual([first.items.length, second.items.length], [1, 1]);
    assert.equal(second.next, undefined);
    assert.deepEqual(
      [...first.items, ...second.items].map(({ ref }) => ref),
      (await items()).map(({ ref }) => ref),
    );
    for (const bad of ['after=o1', 'after=m1', 'limit=0', 'limit=101'])
      assert.equal((await get(`/thread?${bad}`)).status, 400, bad);
    assert.equal((await api.call('GET', '/conversations/c_unknown/thread')).status, 404);
    for (const ref of ['m999', 'o999', 'x', 'm1%2F..'])
      assert.equal((await get(`/thread/${ref}`)).status, 404, ref);
  });

  it('shows a picture by an address of ours, which hands it out as what it is', async () => {
    phone.sendFile('image', png, { contentType: 'image/png', caption: 'the wheel' });
    const item = await arrive();
    assert.deepEqual(item.content, {
      type: 'image',
      text: 'the wheel',
      media: { type: 'image', contentType: 'image/png', url: `/api/v1/media/${item.ref}` },
    });
    const answer = await fetch(api.host.url + item.content.media.url, { headers: { 'x-api-key': api.key } });
    assert.equal(answer.status, 200);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), png);
    const shown = (name: string) => answer.headers.get(name);
    assert.equal(shown('content-type'), 'image/png');
    assert.equal(shown('content-length'), String(png.length));
    assert.equal(
      shown('content-disposition'),
      `inline; filename="${item.ref}.png"; filename*=UTF-8''${item.ref}.png`,
    );
  });

  it('shows with a message what the customer did to it, and what theirs are about by our ids', async () => {
    const ours = await post({ text: 'It is ready.' });
    const said = phone.say('Great', { replyTo: ours.id });
    const quote = await arrive();
    assert.equal(quote.content.replyTo, ours.ref);
    phone.react(ours.id, '👍');
    const reaction = await arrive();
    assert.deepEqual([reaction.kind, reaction.content.reaction], ['reaction', { to: ours.ref, emoji: '👍' }]);
    assert.equal((await get(`/thread/${ours.ref}`)).body.reaction, '👍');
    const revoke = { original_message_id: said.id };
    phone.notify('revoke', { revoke });
    const taken = await arrive();
    assert.deepEqual([taken.kind, taken.content], ['revoke', { type: 'revoke', concerns: quote.ref }]);
    assert.equal((await get(`/thread/${quote.ref}`)).body.revokedAt, taken.sentAt);
    phone.react(ours.id);
    await arrive();
    assert.equal((await get(`/thread/${ours.ref}`)).body.reaction, undefined);
  });

  it('shows a template with its text filled in, or by its name where its text is not known', async () => {
    const { body } = await api.call('GET', '/templates?channel=simulator');
    const ready = body.items.find(({ name }: { name: string }) => name === 'bicycle_ready');
    const values = ready.parameters.map(({ example }: { example: string }) => ({
      type: 'text',
      text: example,
    }));
    const known = { name: ready.name, language: ready.language, body: values };
    const sent = await post({ template: known });
    assert.equal(sent.sending, 'sent');
    const item = (await get(`/thread/${sent.ref}`)).body;
    assert.equal(
      item.content.text,
      'Hello Anna, your bicycle is ready. You can fetch it at Spoke & Chain, Dock Street 7, until 18 today.',
    );
    assert.deepEqual(item.content.template, {
      name: ready.name,
      language: 'en_US',
      parameters: ['Anna', '18 today'],
    });
    const other = await post({ template: { ...known, name: 'another' } });
    const { content } = (await get(`/thread/${other.ref}`)).body;
    assert.deepEqual(content, {
      type: 'template',
      template: { name: 'another', language: 'en_US', parameters: ['Anna', '18 today'] },
    });
    assert.equal((await api.call('GET', '/templates?channel=sms')).status, 400);
  });

  it('says in the list who waits since when, and what was said last', async () => {
    const words = `🚲${'x'.repeat(100)}`;
    const { ref } = await post({ text: words });
    const view = (await get()).body;
    assert.deepEqual(
      [view.business, view.waitingSince, view.latest.side, view.latest.type],
      [api.business, null, 'business', 'text'],
    );
    assert.equal(view.latest.text, `🚲${'x'.repeat(79)}`);
    assert.equal((await get(`/thread/${ref}`)).body.sender, 'api');
    phone.say('Are you there?');
    const asked = await arrive();
    phone.say('Hello?');
    await arrive();
    const { body } = await api.call(
      'GET',
      '/conversations?holder=agent&channel=simulator&unread=true&limit=500',
    );
    const [listed] = body.items;
    assert.deepEqual(listed, (await get()).body);
    assert.equal(listed.waitingSince, asked.sentAt);
    assert.equal(listed.latest.text, 'Hello?');
    assert.deepEqual((await api.call('GET', '/conversations?holder=queue')).body, { items: [] });
    for (const bad of ['holder=me', 'channel=sms', 'unread=yes', 'limit=501', 'after=c_1'])
      assert.equal((await api.call('GET', `/conversations?${bad}`)).status, 400, bad);
  });

  it('reveals the customer by name and number', async () => {
    const { status, body } = await get('/customer');
    assert.equal(status, 200);
    assert.deepEqual(body, { customer: '4915550001111', name: 'Anna Example' });
  });
});
