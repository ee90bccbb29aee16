import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { pino } from 'pino';
import { createServer } from '../../bot/server.ts';
import { isGuarded, routeNeeds, routesOf } from '../support/routeNeeds.ts';
import { customer } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';

const key = 'the-administrator-s-key-0123456789';
const origin = 'https://contoso.crm.dynamics.com';

/** As the host derives it. A test that knows the key can make what an attacker cannot. */
const signingKey = scryptSync(key, 'bluetick agent tokens 1', 32);

describe('the tokens of agents’ browsers', () => {
  let attacked: AttackedHost;
  let untouched: string;
  let conversation: string;
  before(async () => {
    attacked = await startAttackedHost({ BLUETICK_API_KEY: key, BLUETICK_CORS_ORIGINS: origin });
    attacked.host.app.simulator?.phone(customer).say('hello');
    await attacked.waitForLog(/Webhook admitted/, 1);
    const {
      items: [waiting],
    } = await attacked.host.app.store.listConversations({ limit: 1 });
    conversation = String(waiting?.id);
    untouched = await attacked.contents();
  });
  after(() => attacked.close());

  const post = (path: string, body: object, headers: Attack['headers'] = {}) =>
    attacked.ask({ method: 'POST', path: `/api/v1${path}`, headers, body: JSON.stringify(body) });
  async function issue(request: object = {}): Promise<string> {
    const { status, text } = await post('/tokens', request, { 'x-api-key': key });
    assert.equal(status, 201, text);
    return JSON.parse(text).token;
  }
  const report = (token: string, event = 'opened', of = conversation, headers: Attack['headers'] = {}) =>
    post(`/conversations/${of}/agent-events`, { event }, { authorization: `Bearer ${token}`, ...headers });

  const claims = { grant: { events: ['opened'] } };
  const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;
  /** A token as the host makes them, but for what a test changes. */
  const forge = (
    change: (token: SignJWT) => SignJWT = token => token,
    {
      by = signingKey,
      payload = claims,
      header = {},
    }: { by?: Uint8Array; payload?: object; header?: object } = {},
  ) =>
    change(
      new SignJWT({ ...payload })
        .setProtectedHeader({ alg: 'HS256', typ: 'bluetick-agent+jwt', ...header })
        .setIssuer('bluetick')
        .setAudience('bluetick/agent-events')
        .setIssuedAt(seconds(-60))
        .setExpirationTime(seconds(600)),
    ).sign(by);
  const parts = (token: string) => token.split('.') as [string, string, string];
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  const forgeries: Readonly<Record<string, () => Promise<string> | string>> = {
    'one that is over': () => forge(token => token.setExpirationTime(seconds(-1))),
    'one that begins later': () => forge(token => token.setNotBefore(seconds(600))),
    'one without an end': () =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ: 'bluetick-agent+jwt' })
        .setIssuer('bluetick')
        .setAudience('bluetick/agent-events')
        .sign(signingKey),
    'one for another use': () => forge(token => token.setAudience('bluetick/console')),
    'one of another issuer': () => forge(token => token.setIssuer('somebody')),
    'one of another kind': () => forge(undefined, { header: { typ: 'JWT' } }),
    'one with another algorithm': () => forge(undefined, { header: { alg: 'HS512' } }),
    'one signed with the administrator’s key itself': () =>
      forge(undefined, { by: new TextEncoder().encode(key) }),
    'one signed with another key': () => forge(undefined, { by: new Uint8Array(32) }),
    'one with no signature, alg none': () =>
      new UnsecuredJWT(claims)
        .setIssuer('bluetick')
        .setAudience('bluetick/agent-events')
        .setExpirationTime('1h')
        .encode(),
    'a good one whose header says none': async () => {
      const [, payload, signature] = parts(await issue());
      return `${encode({ alg: 'none', typ: 'bluetick-agent+jwt' })}.${payload}.${signature}`;
    },
    'a good one without its signature': async () =>
      `${parts(await issue())
        .slice(0, 2)
        .join('.')}.`,
    'a good one with a wider grant': async () => {
      const [head, payload, signature] = parts(await issue());
      const wider = {
        ...JSON.parse(String(Buffer.from(payload, 'base64url'))),
        grant: { events: ['closed'] },
      };
      return `${head}.${encode(wider)}.${signature}`;
    },
    'a good one with another signature': async () => {
      const [head, payload] = parts(await issue());
      return `${head}.${payload}.${parts(await issue({ agent: 'x' }))[2]}`;
    },
    'one that grants nothing': () => forge(undefined, { payload: {} }),
    'one that grants what there is not': () =>
      forge(undefined, { payload: { grant: { events: ['everything'] } } }),
  };

  for (const [what, make] of Object.entries(forgeries)) {
    it(`are refused where it is ${what}`, async () => {
      const { status, shown } = await report(await make());
      assert.equal(status, 401);
      assert.ok(!shown.includes('jwt'));
      assert.equal(await attacked.contents(), untouched);
    });
  }

  it('open no other door', async () => {
    const token = await issue({ events: ['accepted', 'opened', 'typing', 'replied', 'closed'] });
    const server = createServer(attacked.host.app, () => [key], pino({ level: 'silent' }));
    const others = routesOf(server)
      .filter(route => isGuarded(route) && routeNeeds[route.name] !== 'granted')
      .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, conversation) }));
    assert.ok(others.length >= 20);
    for (const route of others)
      for (const headers of [{ authorization: `Bearer ${token}` }, { 'x-api-key': token }]) {
        const { status } = await attacked.ask({ ...route, headers, body: '{}' });
        assert.equal(status, 401, `${route.method} ${route.path}`);
      }
    assert.equal(await attacked.contents(), untouched);
  });

  it('go no further than they say', async () => {
    const other = 'c_0123456789abcdef';
    for (const [request, event, agent] of [
      [{}, 'accepted'],
      [{}, 'closed'],
      [{ events: ['typing'] }, 'opened'],
      [{ conversations: [other] }, 'opened'],
      [{ agent: 'ann' }, 'opened', 'bob'],
    ] as const) {
      const token = await issue(request);
      const body = { event, ...(agent && { agent }) };
      const path = `/conversations/${conversation}/agent-events`;
      const { status } = await post(path, body, { authorization: `Bearer ${token}` });
      assert.equal(status, 403, JSON.stringify(request));
    }
    assert.equal((await report(await issue(), 'opened', other)).status, 404);
    assert.equal(await attacked.contents(), untouched);
  });

  it('touch nothing that the bot holds', async () => {
    const { store } = attacked.host.app;
    await store.changeConversation(conversation, { holder: 'bot' });
    assert.equal((await report(await issue())).status, 409);
    assert.equal((await store.conversation(conversation))?.holder, 'bot');
    await store.changeConversation(conversation, { holder: 'queue' });
    untouched = await attacked.contents();
  });

  it('serve the pages of the origins that are named only', async () => {
    const token = await issue();
    for (const elsewhere of ['https://example.com', 'null', `${origin}.example.com`, `${origin}:444`]) {
      const { status, shown } = await report(token, 'opened', conversation, { origin: elsewhere });
      assert.equal(status, 403);
      assert.doesNotMatch(shown, /access-control/);
    }
    assert.equal(await attacked.contents(), untouched);
    const refused = await report('x.y.z', 'opened', conversation, { origin });
    assert.equal(refused.status, 401);
    assert.match(refused.shown, new RegExp(`"access-control-allow-origin":"${origin}","vary":"Origin"`));
  });

  it('are asked about beforehand by pages of these origins only', async () => {
    const ask = (headers: Attack['headers'], path = `/api/v1/conversations/${conversation}/agent-events`) =>
      attacked.ask({ method: 'OPTIONS', path, ...(headers && { headers }) });
    const wanted = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    };
    const { status, shown } = await ask({ origin, ...wanted });
    assert.equal(status, 204);
    assert.match(shown, new RegExp(`"access-control-allow-origin":"${origin}"`));
    assert.match(shown, /"access-control-allow-methods":"POST"/);
    assert.match(shown, /"access-control-allow-headers":"authorization, content-type"/);
    assert.doesNotMatch(shown, /credentials|"\*"/);
    for (const headers of [
      wanted,
      { origin: 'https://example.com', ...wanted },
      { origin: 'null', ...wanted },
      { origin, 'access-control-request-method': 'DELETE' },
    ]) {
      const answer = await ask(headers);
      assert.equal(answer.status, 403);
      assert.doesNotMatch(answer.shown, /access-control-allow-(methods|headers)/);
    }
    for (const path of ['/api/v1/conversations', '/api/v1/tokens', '/api/v1/policies/default']) {
      const answer = await ask({ origin, ...wanted }, path);
      assert.ok(answer.status >= 400, path);
      assert.doesNotMatch(answer.shown, /access-control-allow/);
    }
  });

  it('are made by who has the administrator’s key only, and within limits', async () => {
    for (const headers of [{}, { authorization: `Bearer ${await issue()}` }, { 'x-api-key': 'x'.repeat(34) }])
      assert.equal((await post('/tokens', {}, headers)).status, 401);
    for (const request of [
      { minutes: 0 },
      { minutes: 61 },
      { minutes: '15' },
      { events: [] },
      { events: ['everything'] },
      { conversations: [] },
      { conversations: ['x'] },
      { conversations: Array(51).fill(conversation) },
      { agent: '' },
      { admin: true },
    ])
      assert.equal(
        (await post('/tokens', request, { 'x-api-key': key })).status,
        400,
        JSON.stringify(request),
      );
  });

  it('are kept nowhere, and end in a quarter of an hour unless they say otherwise', async () => {
    for (const [request, minutes] of [
      [{}, 15],
      [{ minutes: 60 }, 60],
    ] as const) {
      const before = Date.now();
      const { text } = await post('/tokens', request, { 'x-api-key': key });
      const { token, expiresAt } = JSON.parse(text);
      const life = Date.parse(expiresAt) - before;
      assert.ok(life > (minutes * 60 - 2) * 1000 && life <= minutes * 60_000, String(life));
      assert.ok(!(await attacked.contents()).includes(token) && !attacked.logged().includes(token));
    }
  });

  it('report what they grant, with the origin or without, and end with the administrator’s key', async () => {
    const token = await issue({ conversations: [conversation], agent: 'ann' });
    // What the forgeries above differ from.
    assert.equal((await report(await forge())).status, 200);
    for (const headers of [{}, { origin }]) {
      const { status, text } = await report(token, 'opened', conversation, headers);
      assert.equal(status, 200, text);
      assert.equal(JSON.parse(text).holder, 'agent');
    }
    const other = await startAttackedHost({ BLUETICK_API_KEY: `${key}-the-next` });
    try {
      const path = `/api/v1/conversations/${conversation}/agent-events`;
      const headers = { authorization: `Bearer ${token}` };
      const { status } = await other.ask({ method: 'POST', path, headers, body: '{"event":"opened"}' });
      assert.equal(status, 401);
    } finally {
      await other.close();
    }
  });
});
