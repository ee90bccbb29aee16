import assert from 'node:assert/strict';
import type { Phone } from '../../../bot/simulator/phone.ts';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

const dayMs = 24 * 60 * 60 * 1000;
const windowClosed = 'This conversation has exceeded the 24 hour limit to respond to the customer.';

describe('messages, over the API', function () {
  this.timeout(30_000);
  let api: ApiHost;
  let phone: Phone;
  let conversation: string;
  before(async () => {
    api = await startApiHost();
    phone = api.simulator.phone('4915550001111', { name: 'Anna' });
    conversation = await api.conversationWith(phone);
  });
  after(() => api.close());

  const post = (body: unknown, id = conversation) => api.call('POST', `/conversations/${id}/messages`, body);
  const sends = () => api.simulator.calls.filter(({ kind }) => kind === 'send');
  const shown = () => phone.messages.filter(({ from }) => from === 'business');

  it('sends a text, and says at once what became of it so far', async () => {
    const { status, body } = await post({ text: 'Your bicycle is ready.' });
    assert.equal(status, 202);
    const { at, createdAt, id, ref, ...rest } = body;
    assert.match(ref, /^o\d+$/);
    assert.deepEqual(rest, {
      channel: 'simulator',
      conversation,
      origin: 'own',
      level: rest.level,
      implied: rest.implied,
      afterRevocation: [],
      failures: [],
      sending: 'sent',
      content: { type: 'text' },
    });
    const message = await phone.waitFor(() => shown().find(({ text }) => text === 'Your bicycle is ready.'));
    assert.equal(id, message.id);
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 10_000);
    assert.ok(Object.keys(at).every(level => level === 'sent' || level === 'delivered'));
  });

  it('tells what became of it, by its own id and by the provider’s', async () => {
    const { body: sent } = await post({ text: 'Come by until 18.' });
    const delivered = await api.until(`/messages/${sent.ref}`, ({ level }) => level === 'delivered');
    assert.deepEqual(Object.keys(delivered.at), ['sent', 'delivered']);
    phone.open();
    const read = await api.until(`/messages/${encodeURIComponent(sent.id)}`, ({ level }) => level === 'read');
    phone.leave();
    assert.deepEqual([read.id, read.ref], [sent.id, sent.ref]);
    assert.deepEqual(Object.keys(read.at), ['sent', 'delivered', 'read']);
    for (const time of Object.values<string>(read.at)) assert.equal(new Date(time).toISOString(), time);
    assert.deepEqual(read.implied, []);
  });

  it('says what the customer’s answer implies, beside what was reported', async () => {
    phone.readReceipts = false;
    const { body: sent } = await post({ text: 'Shall we call you?' });
    await api.until(`/messages/${sent.ref}`, ({ at }) => at.delivered !== undefined);
    // Providers tell whole seconds: what falls into one is no answer.
    phone.say('No.', { at: Date.now() + 2000 });
    const answered = await api.until(`/messages/${sent.ref}`, ({ level }) => level === 'read');
    assert.deepEqual([answered.implied, answered.at.read], [['read'], undefined]);
    phone.readReceipts = true;
  });

  it('finds ids of more than 100 characters, with whatever is in them', async () => {
    const { store } = api.host.app;
    const quiet = await api.conversationWith(api.simulator.phone('4915550003333'));
    const long = `wamid.${'HBgM/+='.repeat(40)}?#%2F ü`;
    const { outbound } = await store.addOutbound({
      conversation: quiet,
      content: { type: 'text', text: 'x' },
      correlation: 'k',
      now: Date.now(),
      leaseMs: 1000,
    });
    await store.changeOutbound(outbound.ref, { state: 'sent', providerId: long }, Date.now());
    const { status, body } = await api.call('GET', `/messages/${encodeURIComponent(long)}`);
    assert.deepEqual([status, body.id, body.ref], [200, long, outbound.ref]);
  });

  it('sends templates and files', async () => {
    const url = 'https://example.com/files/a';
    const template = {
      name: 'bicycle_ready',
      language: 'en_US',
      header: [{ type: 'image', url: `${url}.png` }],
      body: [{ type: 'text', text: 'Anna' }],
    };
    const cases: readonly (readonly [body: object, sent: object, content: object])[] = [
      [
        { template },
        {
          type: 'template',
          template: {
            name: 'bicycle_ready',
            language: { code: 'en_US' },
            components: [
              { type: 'header', parameters: [{ type: 'image', image: { link: `${url}.png` } }] },
              { type: 'body', parameters: [{ type: 'text', text: 'Anna' }] },
            ],
          },
        },
        { type: 'template', template: 'bicycle_ready' },
      ],
      [
        { media: { url: `${url}.JPG?v=2`, caption: 'A' } },
        { image: { link: `${url}.JPG?v=2`, caption: 'A' } },
        { type: 'media' },
      ],
      [{ media: { url: `${url}.mp4` } }, { video: { link: `${url}.mp4` } }, { type: 'media' }],
      [{ media: { url: `${url}.ogg` } }, { audio: { link: `${url}.ogg` } }, { type: 'media' }],
      [{ media: { url: `${url}.webp` } }, { sticker: { link: `${url}.webp` } }, { type: 'media' }],
      [
        { media: { url, fileName: 'a.pdf' } },
        { document: { link: url, filename: 'a.pdf' } },
        { type: 'media' },
      ],
      [{ media: { url, type: 'image' } }, { image: { link: url } }, { type: 'media' }],
      [
        { media: { url: 'http://127.0.0.1:9/a.png' } },
        { image: { link: 'http://127.0.0.1:9/a.png' } },
        { type: 'media' },
      ],
    ];
    for (const [body, sent, content] of cases) {
      const answer = await post(body);
      assert.deepEqual([answer.status, answer.body.content], [202, content]);
      assert.partialDeepStrictEqual(sends().at(-1)?.body, sent);
    }
  });

  it('answers 202 where the provider refuses: the message is there, and says so', async () => {
    phone.reachable = false;
    const { status, body } = await post({ text: 'Hello?' });
    phone.reachable = true;
    assert.equal(status, 202);
    assert.deepEqual(
      [body.sending, body.failure, body.level, body.id],
      ['failed', '131026', 'accepted', body.ref],
    );
  });

  it('answers 202 where the provider fails for now: the message waits, and goes out later', async () => {
    api.simulator.faults.calls({ kind: 'send', how: { type: 'code', code: 131000, status: 500 } });
    const { status, body } = await post({ text: 'A moment later' });
    assert.deepEqual([status, body.sending], [202, 'queued']);
    const sent = await api.until(`/messages/${body.ref}`, ({ sending }) => sending === 'sent');
    assert.notEqual(sent.id, body.ref);
  });

  it('sends nothing free-form outside the window, but templates', async () => {
    const late = api.simulator.phone('4915550002222');
    late.say('hello', { at: Date.now() - dayMs - 60_000 });
    await api.simulator.idle();
    const address = { channel: 'simulator', business: api.business, customer: late.customer } as const;
    const { id = '' } = (await api.host.app.store.conversation(address)) ?? {};
    const before = sends().length;
    for (const body of [{ text: 'Still there?' }, { media: { url: 'https://example.com/a.png' } }]) {
      const { status, body: answer } = await post(body, id);
      assert.equal(status, 409);
      assert.deepEqual(answer, { error: { code: 'window_closed', message: windowClosed } });
    }
    assert.equal(sends().length, before);
    const { status } = await post({ template: { name: 'wake', language: 'en' } }, id);
    assert.equal(status, 202);
  });

  it('lists a conversation’s messages, newest first, page by page', async () => {
    const all = await api.call('GET', `/conversations/${conversation}/messages?limit=100`);
    const refs = all.body.items.map(({ ref }: { ref: string }) => ref);
    assert.ok(refs.length > 5 && all.body.next === undefined);
    assert.deepEqual(
      refs,
      refs.toSorted((one: string, other: string) => Number(other.slice(1)) - Number(one.slice(1))),
    );
    const paged: string[] = [];
    let next: string | undefined;
    do {
      const query: string = next === undefined ? '' : `&after=${next}`;
      const { body } = await api.call('GET', `/conversations/${conversation}/messages?limit=3${query}`);
      paged.push(...body.items.map(({ ref }: { ref: string }) => ref));
      next = body.next;
    } while (next !== undefined);
    assert.deepEqual(paged, refs);
  });

  it('shows messages of another sender who shares the number', async () => {
    const acknowledgement = {
      channel: 'simulator',
      business: api.business,
      customer: phone.customer,
      providerId: 'wamid.of-another',
      status: 'delivered',
      means: 'delivered',
      // After whatever the customer has written.
      at: Date.now() + 10_000,
    } as const;
    const ledger = { entries: [{ acknowledgement }], shared: true };
    const batch = { admissions: [], rejected: [], firstHolder: 'bot', now: Date.now(), leaseMs: 0 } as const;
    await api.host.app.store.admit({ ...batch, ledger });
    const { body } = await api.call('GET', '/messages/wamid.of-another');
    assert.deepEqual([body.origin, body.content, body.level], ['other', undefined, 'delivered']);
  });

  it('tells no text, no number and nothing but the message’s own id', async () => {
    const { body } = await api.call('GET', `/conversations/${conversation}/messages`);
    const answer = JSON.stringify(body);
    assert.doesNotMatch(answer, /bicycle is ready|Come by|4915550001111|example\.com/);
  });

  it('does not find what there is not', async () => {
    for (const id of ['o999', 'o0', 'o01', 'm1', 'd1', 'o1e0', 'nothing', 'x'.repeat(600), '%C3%BC']) {
      const { status, body } = await api.call('GET', `/messages/${id}`);
      assert.deepEqual([id, status, body.error.code], [id, 404, 'unknown_message']);
    }
    for (const path of ['/conversations/c_nobody/messages', `/conversations/${'x'.repeat(900)}/messages`]) {
      assert.equal((await api.call('GET', path)).body.error.code, 'unknown_conversation');
      assert.equal((await api.call('POST', path, { text: 'x' })).body.error.code, 'unknown_conversation');
    }
  });
});
