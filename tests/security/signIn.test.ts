import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { type Browser, cookiesOf, idleMs, sessionsOf, signedInAs, signIn } from '../support/signedIn.ts';
import { readStream } from '../support/streamClient.ts';
import { customer } from './attackedChannel.ts';
import { type AttackedHost, startAttackedHost } from './attackedHost.ts';

const key = 'the-administrator-s-key-0123456789';

describe('signing in', () => {
  let attacked: AttackedHost;
  let conversation: string;
  before(async () => {
    attacked = await startAttackedHost({ BLUETICK_API_KEY: key });
    attacked.host.app.simulator?.phone(customer).say('hello');
    await attacked.waitForLog(/Webhook admitted/, 1);
    const { simulator, store } = attacked.host.app;
    const business = String(simulator?.channelOptions.phoneNumberIds[0]);
    const waiting = await store.conversation({ channel: 'simulator', business, customer });
    conversation = String(waiting?.id);
  });
  after(() => attacked.close());

  const ask = (method: string, path: string, headers: object = {}, body?: object) =>
    fetch(`${attacked.host.url}/api/v1${path}`, {
      method,
      headers: { ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const enter = (body: object, headers: object = {}) => ask('POST', '/session', headers, body);
  /** Something that changes something, and as often as one likes. */
  const act = (headers: object) =>
    ask('POST', `/conversations/${conversation}/agent-events`, headers, { event: 'opened' });
  const sessions = () => sessionsOf(key, attacked.host.app.store);

  it('says to everybody by which ways', async () => {
    const answer = await ask('GET', '/sign-in');
    assert.deepEqual(await answer.json(), { ways: ['key'], simulator: true, signedIn: false });
  });

  it('begins a session with the key, which is in a cookie that no script reads and no other site sends', async () => {
    const answer = await enter({ key, name: ' Ada ' });
    assert.equal(answer.status, 201);
    const [line = ''] = answer.headers.getSetCookie();
    assert.match(line, /^bluetick-session=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const view = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [view.role, view.via, view.agent, view.idleMs],
      ['administrator', 'session', 'Ada', 1_800_000],
    );
    const [pair = ''] = line.split(';');
    const seen = await ask('GET', '/session', { cookie: `other=1; ${pair}; more=2` });
    assert.deepEqual(await seen.json(), view);
    assert.ok(!line.includes(key) && !JSON.stringify(view).includes(key));
  });

  it('marks the cookie as this host’s and https’ alone where people come over https', async () => {
    const secure = await startAttackedHost({ BLUETICK_API_KEY: key, PUBLIC_URL: 'https://bot.example.com' });
    try {
      const url = `http://127.0.0.1:${secure.host.port}/api/v1/session`;
      const headers = { origin: 'https://bot.example.com' };
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ key }) });
      const [line = ''] = answer.headers.getSetCookie();
      assert.match(line, /^__Host-bluetick-session=\S+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
      assert.equal(answer.headers.get('strict-transport-security'), 'max-age=31536000');
      const [, text = ''] = /=(.*?);/.exec(line) ?? [];
      const under = async (name: string) =>
        (await fetch(url, { headers: { cookie: `${name}=${text}` } })).status;
      assert.equal(await under('__Host-bluetick-session'), 200);
      assert.equal(await under('bluetick-session'), 401);
    } finally {
      await secure.close();
    }
  });

  it('refuses what is not the key, and each address after ten of them', async () => {
    const guarded = await startAttackedHost({ BLUETICK_API_KEY: key });
    const attempt = (body: unknown) =>
      fetch(`${guarded.host.url}/api/v1/session`, { method: 'POST', body: JSON.stringify(body) });
    try {
      for (const body of [
        {},
        { key: 1 },
        { key, name: '' },
        { key, name: 'x'.repeat(81) },
        { key, role: 'x' },
        [],
        null,
      ])
        assert.equal((await attempt(body)).status, 400, JSON.stringify(body));
      const wrong = [
        '',
        ' ',
        key.slice(0, -1),
        key.slice(1),
        `${key}x`,
        `${key} `,
        key.toUpperCase(),
        'null',
      ];
      const answers = new Set<string>();
      for (const sent of [...wrong, 'x', 'y']) {
        const answer = await attempt({ key: sent });
        assert.equal(answer.status, 401, sent);
        assert.deepEqual(answer.headers.getSetCookie(), []);
        answers.add(await answer.text());
      }
      assert.equal(answers.size, 1);
      // The right one too: whoever guesses must not learn which it was.
      for (const sent of ['z', key]) assert.equal((await attempt({ key: sent })).status, 429);
      assert.ok(!guarded.logged().includes(key) && !(await guarded.contents()).includes(key));
    } finally {
      await guarded.close();
    }
  });

  it('is for this host’s own pages', async () => {
    const { url, port } = attacked.host;
    const others = [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
    ];
    for (const origin of others) assert.equal((await enter({ key }, { origin })).status, 403, origin);
    for (const site of ['cross-site', 'same-site'])
      assert.equal((await enter({ key }, { 'sec-fetch-site': site })).status, 403, site);
    assert.equal((await enter({ key }, { origin: url, 'sec-fetch-site': 'same-origin' })).status, 201);
  });

  it('lets a page change something by its own session’s proof, and by no other', async () => {
    const [own, other] = [await signIn(attacked.host.url, key), await signIn(attacked.host.url, key)];
    const { cookie, 'x-csrf-token': csrf } = own;
    for (const wrong of [
      { cookie },
      { cookie, 'x-csrf-token': '' },
      { cookie, 'x-csrf-token': csrf.slice(0, -1) },
      { cookie, 'x-csrf-token': other['x-csrf-token'] },
      { ...own, origin: 'https://evil.example' },
      { ...own, origin: 'null' },
      { ...own, 'sec-fetch-site': 'cross-site' },
      { ...own, 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await act(wrong);
      const { error } = (await answer.json()) as { error: { code: string } };
      assert.deepEqual([answer.status, error.code], [403, 'forbidden'], JSON.stringify(Object.keys(wrong)));
    }
    assert.equal((await act(own)).status, 200);
    const fromPage = { ...own, origin: attacked.host.url, 'sec-fetch-site': 'same-origin' };
    assert.equal((await act(fromPage)).status, 200);
    assert.equal((await act({ 'x-api-key': key, origin: 'https://evil.example' })).status, 200);
  });

  it('counts a cookie only where nobody names a key or a token, and only one', async () => {
    const { cookie } = await signIn(attacked.host.url, key);
    for (const headers of [
      { cookie, 'x-api-key': 'somebody-else-s-key' },
      { cookie, authorization: 'Bearer a.b.c' },
      { cookie: `${cookie}; ${cookie}` },
      { cookie: cookie.replace('bluetick-session', '__Host-bluetick-session') },
      { authorization: `Bearer ${cookie.split('=')[1]}` },
    ])
      assert.equal((await ask('GET', '/session', headers)).status, 401, JSON.stringify(headers));
  });

  it('ends with signing out, for the cookie, its copies and its open streams', async () => {
    const [own, other] = [await signIn(attacked.host.url, key), await signIn(attacked.host.url, key)];
    const [mine, others] = await Promise.all(
      [own, other].map(({ cookie }) => readStream(attacked.host.url, { headers: { cookie } })),
    );
    assert.equal((await ask('DELETE', '/session', { cookie: own.cookie })).status, 403);
    const answer = await ask('DELETE', '/session', own);
    assert.equal(answer.status, 204);
    assert.match(answer.headers.getSetCookie().join(), /^bluetick-session=; .*Max-Age=0$/);
    assert.equal((await mine?.ended())?.code, 4401);
    assert.equal((await ask('GET', '/session', own)).status, 401);
    assert.equal((await act(own)).status, 401);
    assert.equal(others?.socket.readyState, WebSocket.OPEN);
    others?.socket.terminate();
    assert.equal((await ask('GET', '/session', other)).status, 200);
  });

  it('stays in force over a restart, and ends with the key', async () => {
    const first = await startAttackedHost({ BLUETICK_API_KEY: key });
    const { cookie } = await signIn(first.host.url, key);
    await first.close();
    const seenBy = async (apiKey: string) => {
      const next = await startAttackedHost({ BLUETICK_API_KEY: apiKey });
      try {
        return (await fetch(`${next.host.url}/api/v1/session`, { headers: { cookie } })).status;
      } finally {
        await next.close();
      }
    };
    assert.equal(await seenBy(key), 200);
    assert.equal(await seenBy(`${key}-the-next`), 401);
  });

  it('is logged by nothing that could be used', async () => {
    const { cookie, 'x-csrf-token': csrf }: Browser = await signIn(attacked.host.url, key, 'Ada');
    await act({ cookie, 'x-csrf-token': csrf });
    await act({ cookie, 'x-csrf-token': 'wrong' });
    for (const secret of [key, cookie.split('=')[1] ?? '', csrf])
      assert.ok(!attacked.logged().includes(secret));
  });

  it('makes an agent known by their own name alone', async () => {
    const ada = await signedInAs(sessions(), 'agent', 'Ada');
    const path = `/conversations/${conversation}/agent-events`;
    const asBob = await ask('POST', path, ada, { event: 'opened', agent: 'Bob' });
    assert.equal(asBob.status, 403);
    assert.equal((await ask('POST', path, ada, { event: 'opened', agent: 'Ada' })).status, 200);
  });

  it('gives a new cookie to who acts a minute later, and none to who only holds one', async () => {
    const { store } = attacked.host.app;
    const ago = (ms: number) => sessionsOf(key, store, { now: () => Date.now() - ms });
    const given = async (seenMsAgo: number) => {
      const { cookie } = await signedInAs(ago(seenMsAgo), 'agent');
      const answer = await ask('GET', '/session', { cookie });
      return { status: answer.status, text: cookiesOf(answer).get('bluetick-session') };
    };
    assert.deepEqual(await given(0), { status: 200, text: undefined });
    const { text = '' } = await given(120_000);
    const renewed = await sessions().read(text);
    assert.ok(renewed !== undefined && Date.now() - renewed.seenAt < 60_000);
    assert.equal((await given(idleMs)).status, 401);
  });

  it('does not go on by what a page asks for with nobody there', async () => {
    const { store } = attacked.host.app;
    const { cookie } = await signedInAs(sessionsOf(key, store, { now: () => Date.now() - 120_000 }), 'agent');
    const isRenewed = async (headers: Record<string, string>) => {
      const answer = await ask('GET', '/session', { cookie, ...headers } as unknown as Browser);
      assert.equal(answer.status, 200);
      return cookiesOf(answer).size > 0;
    };
    assert.equal(await isRenewed({ 'x-unattended': '1' }), false);
    assert.equal(await isRenewed({ 'sec-fetch-dest': 'image' }), false);
    assert.equal(await isRenewed({ 'sec-fetch-dest': 'empty' }), true);
  });

  describe('for the live stream', () => {
    it('shows an agent what is about a conversation, and a supervisor everything', async () => {
      const { streams } = attacked.host.app;
      const readers = await Promise.all(
        (['agent', 'supervisor'] as const).map(async role => {
          const { cookie } = await signedInAs(sessions(), role);
          return readStream(attacked.host.url, { headers: { cookie, origin: attacked.host.url } });
        }),
      );
      assert.ok(streams.size >= 2);
      await act({ 'x-api-key': key });
      for (const reader of readers) {
        await reader.until(({ type }) => type === 'agent');
        reader.socket.terminate();
      }
    });

    it('lets no other site’s page in with the cookie', async () => {
      const { cookie } = await signedInAs(sessions(), 'agent');
      for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${attacked.host.port + 1}`])
        await assert.rejects(readStream(attacked.host.url, { headers: { cookie, origin } }));
    });
  });

  it('and everything else is answered with headers that keep it where it belongs', async () => {
    for (const path of [
      '/healthz',
      '/nothing',
      '/api/v1/conversations',
      '/api/v1/nothing',
      '/webhooks/simulator',
      '/pictures/map.png',
    ]) {
      const { headers } = await fetch(`${attacked.host.url}${path}`);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin', path);
      assert.equal(headers.get('strict-transport-security'), null, path);
      assert.equal(headers.get('cache-control'), path.startsWith('/api/') ? 'no-store' : null, path);
    }
  });
});
