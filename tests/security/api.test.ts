import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createServer } from '../../bot/server.ts';
import { isGuarded, routesOf } from '../support/routeNeeds.ts';
import { customer } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';

const key = 'the-administrator-s-key-0123456789';

/** Headers that are near the key. */
const wrong: Readonly<Record<string, Attack['headers']>> = {
  'no key': {},
  'an empty key': { authorization: 'Bearer ', 'x-api-key': '' },
  'another key of its length': { authorization: `Bearer ${key.replace('0', '1')}` },
  'another key of its length as x-api-key': { 'x-api-key': key.replace(/.$/, 'x') },
  'the key but for its end': { 'x-api-key': key.slice(0, -1) },
  'the key but for its beginning': { 'x-api-key': key.slice(1) },
  'the key with more behind it': { authorization: `Bearer ${key}${key}` },
  'the key in upper case': { authorization: `Bearer ${key.toUpperCase()}` },
  'the key with a blank in it': { authorization: `Bearer  ${key}` },
  'the key in quotes': { authorization: `Bearer "${key}"` },
  'the key in base64': { authorization: `Bearer ${Buffer.from(key).toString('base64')}` },
  'the key as a password': { authorization: `Basic ${Buffer.from(`admin:${key}`).toString('base64')}` },
  'the key without its scheme': { authorization: key },
  'the key twice': { 'x-api-key': [key, key] },
  'a wrong key and the key': { authorization: 'Bearer somebody-else-s-key', 'x-api-key': key },
  'the key in a cookie': { cookie: `key=${key}; authorization=Bearer ${key}` },
  'the key of a proxy': { 'proxy-authorization': `Bearer ${key}`, 'x-forwarded-authorization': key },
  'a word that a program might compare with': { authorization: 'Bearer undefined', 'x-api-key': 'null' },
  'the address of this machine': { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', origin: 'null' },
};

/** Bodies that nobody needs, from whomever. */
const malformed: Readonly<Record<string, string>> = {
  'the key __proto__': '{"__proto__":{"isAdmin":true}}',
  'the key __proto__ in a policy': '{"read":{"__proto__":{"when":"never"}}}',
  'the key constructor': '{"constructor":{"prototype":{"isAdmin":true}}}',
  'brackets without end': '['.repeat(200_000),
  'brackets without end, closed': `{"read":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  'objects without end': `${'{"read":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  'bytes that are not UTF-8': '{"read":{"when":"\xff\xfe"}}',
};

describe('the API', () => {
  let attacked: AttackedHost;
  let untouched: string;
  before(async () => {
    attacked = await startAttackedHost({ BLUETICK_API_KEY: key });
    const phone = attacked.host.app.simulator?.phone(customer);
    phone?.say('hello');
    await attacked.waitForLog(/Webhook admitted/, 1);
    untouched = await attacked.contents();
  });
  after(() => attacked.close());

  /** Every route that asks for a key, as the server has it: one that is added is tried too. */
  function guardedRoutes(): { method: string; path: string }[] {
    const server = createServer(attacked.host.app, () => [key], pino({ level: 'silent' }));
    return routesOf(server)
      .filter(isGuarded)
      .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, 'x') }));
  }

  /** The routes that read a body, and of these the one that sends a message. */
  async function bodied() {
    const {
      items: [conversation],
    } = await attacked.host.app.store.listConversations({ limit: 1 });
    const send = { method: 'POST', path: `/api/v1/conversations/${conversation?.id}/messages` };
    const others = [
      { method: 'POST', path: `/api/v1/conversations/${conversation?.id}/agent-events` },
      { method: 'PUT', path: '/api/v1/policies/default' },
      { method: 'POST', path: '/api/v1/receipts' },
      { method: 'POST', path: '/api/v1/policies/explain' },
    ];
    return { send, all: [send, ...others] };
  }

  it('has no door without a key but those that are meant to be open', async () => {
    const guarded = guardedRoutes();
    for (const path of ['/messages/x', '/failures', '/orphans/x/replay', '/insights'])
      assert.ok(guarded.some(route => route.path === `/api/v1${path}`));
    assert.ok(guarded.length >= 20);
    const answers = new Set<string>();
    for (const route of guarded)
      for (const headers of [{}, { 'x-api-key': 'another-key-0123456789' }])
        answers.add((await attacked.ask({ ...route, headers, body: '{"text":' })).shown);
    // One answer for all: who has no key does not learn what is there.
    const [answer = '', ...others] = answers;
    assert.deepEqual(others, []);
    assert.match(answer, /^\[401,/);
    assert.equal(await attacked.contents(), untouched);
  });

  for (const [what, headers] of Object.entries(wrong)) {
    it(`is not opened by ${what}, on whatever route`, async () => {
      for (const path of [
        '/api/v1/conversations',
        `/api/v1/conversations?key=${key}&code=${key}&access_token=${key}`,
      ]) {
        const { status, shown } = await attacked.ask({ path, ...(headers && { headers }) });
        assert.equal(status, 401);
        assert.ok(!shown.includes(key));
      }
      const change = { method: 'PUT', path: '/api/v1/policies/default', body: '{"read":{"when":"never"}}' };
      assert.equal((await attacked.ask({ ...change, ...(headers && { headers }) })).status, 401);
      assert.equal(await attacked.contents(), untouched);
    });
  }

  it('is opened by the key', async () => {
    for (const headers of [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }]) {
      const { status, text } = await attacked.ask({ path: '/api/v1/conversations', headers });
      assert.equal(status, 200);
      assert.equal(JSON.parse(text).items.length, 1);
    }
  });

  it('keeps the key neither in its store nor in its log', async () => {
    const headers = { authorization: `Bearer ${key}` };
    await attacked.ask({ path: '/api/v1/conversations', headers });
    await attacked.ask({ path: '/api/v1/nothing', headers });
    assert.ok(!(await attacked.contents()).includes(key));
    assert.ok(!attacked.logged().includes(key));
  });

  it('tells an agent two digits of a number, and no more', async () => {
    const headers = { authorization: `Bearer ${key}` };
    const { text } = await attacked.ask({ path: '/api/v1/conversations', headers });
    const [conversation] = JSON.parse(text).items;
    assert.equal(conversation.customer.masked, `•••••••••••${customer.slice(-2)}`);
    assert.ok(!text.includes(customer.slice(-3)));
    assert.ok(!conversation.id.includes(customer.slice(-4)));
  });

  const tooLarge = `{"read":{"delay":{"minMs":1${'0'.repeat(400)}}}}`;
  for (const [what, body] of Object.entries({ ...malformed, 'a number too large': tooLarge })) {
    it(`refuses ${what}, also from who has the key`, async () => {
      const headers = { 'x-api-key': key };
      for (const route of (await bodied()).all) {
        const { status } = await attacked.ask({ ...route, headers, body: Buffer.from(body, 'latin1') });
        assert.equal(status, 400, route.path);
      }
      assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
      assert.equal(await attacked.contents(), untouched);
    });
  }

  it('refuses a body that is too large, announced or not, also from who has the key', async () => {
    const body = `{"text":"${'x'.repeat(300_000)}"}`;
    for (const route of (await bodied()).all)
      for (const chunked of [false, true]) {
        const { status } = await attacked.ask({ ...route, headers: { 'x-api-key': key }, body, chunked });
        assert.equal(status, 413, route.path);
      }
    assert.equal(await attacked.contents(), untouched);
  });

  it('repeats nothing of what was wrong with a message', async () => {
    const secret = 'a-word-of-the-customer-s';
    const headers = { 'x-api-key': key };
    const { send: route } = await bodied();
    for (const message of [
      { text: [secret] },
      { media: { url: `http://example.com/${secret}` } },
      { template: { name: 'x', language: [secret] } },
      { text: 'x', escalate: { unless: 'delivered', afterMs: 1000, via: [{ type: 'sms', text: [secret] }] } },
      { text: 'x', escalate: { unless: secret, afterMs: 1000, via: [] } },
    ]) {
      const { status, shown } = await attacked.ask({ ...route, headers, body: JSON.stringify(message) });
      assert.equal(status, 400);
      assert.ok(!shown.includes(secret), shown);
    }
    const keyed = { ...headers, 'idempotency-key': `${secret} x` };
    assert.ok(
      !(await attacked.ask({ ...route, headers: keyed, body: '{"text":"x"}' })).shown.includes(secret),
    );
    assert.ok(!attacked.logged().includes(secret));
    assert.equal(await attacked.contents(), untouched);
  });
});

describe('the bot behind /api/messages', () => {
  let attacked: AttackedHost;
  let untouched: string;
  before(async () => {
    attacked = await startAttackedHost({}, { mode: 'gateway', policy: {} });
    untouched = await attacked.contents();
  });
  after(() => attacked.close());

  const activity = {
    type: 'message',
    id: 'one-id',
    channelId: 'emulator',
    conversation: { id: 'c' },
    from: { id: 'u' },
    recipient: { id: 'b' },
    text: 'hello',
    deliveryMode: 'expectReplies',
  };
  const send = (body: string | Buffer, headers: Attack['headers'] = {}) =>
    attacked.ask({ method: 'POST', path: '/api/messages', body, headers });

  for (const [what, body] of Object.entries(malformed)) {
    it(`refuses ${what}, which changes nothing`, async () => {
      const wrong = body.replace('{', `${JSON.stringify(activity).slice(0, -1)},`);
      const bytes = Buffer.from(wrong, 'latin1');
      const { status } = await send(bytes);
      assert.equal(status, 400);
      assert.equal(await attacked.contents(), untouched);
    });
  }

  it('refuses callers from elsewhere unread, which changes nothing', async () => {
    const answers = new Set<string>();
    for (const headers of [
      { host: 'bot.example.com' },
      { forwarded: 'for=127.0.0.1' },
      { origin: 'https://example.com' },
    ])
      for (const body of [JSON.stringify(activity), '{', '['.repeat(300_000)])
        answers.add((await send(body, headers)).shown);
    const [answer = '', ...others] = answers;
    assert.deepEqual(others, []);
    assert.match(answer, /^\[403,/);
    assert.equal(await attacked.contents(), untouched);
  });

  it('answers this machine', async () => assert.equal((await send(JSON.stringify(activity))).status, 200));
});
