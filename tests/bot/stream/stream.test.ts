import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';
import { readFrom, readStream, type StreamClient, type Told } from '../../support/streamClient.ts';

describe('the live stream', () => {
  let api: ApiHost;
  const open: StreamClient[] = [];
  before(async () => {
    api = await startApiHost();
  });
  afterEach(() => {
    for (const { socket } of open.splice(0)) socket.terminate();
  });
  after(() => api.close());

  async function read(over: { after?: string; headers?: Record<string, string> } = {}) {
    const client = await readStream(api.host.url, { headers: { 'x-api-key': api.key }, ...over });
    open.push(client);
    await client.until(({ type }) => type === 'ready' || type === 'reset');
    return client;
  }
  it('tells the story of a message, its receipt, typing, the reply and its ticks, in order', async () => {
    const phone = api.simulator.phone('4915550003001');
    const client = await read();
    phone.say('hello');
    await client.until(({ type, level }) => type === 'message.level' && level === 'delivered', 'a tick');
    const received = await client.until(({ type }) => type === 'message.received');
    const { conversation } = received;
    const mine = client.told.filter(event => event.conversation === conversation);
    const { body: view } = await api.call('GET', `/conversations/${conversation}`);
    assert.deepEqual(received.window, view.window);
    assert.equal(received.kind, 'message');
    assert.equal(received.receipt.outcome, 'scheduled');
    const sent = mine.find(({ type, receipt }) => type === 'receipt.changed' && receipt.outcome === 'sent');
    assert.equal(sent?.message, received.message);
    const { body } = await api.call('GET', `/conversations/${conversation}/receipts`);
    const { ref, messageId: _provider, ...receipt } = body.items[0];
    assert.deepEqual([ref, receipt], [sent?.message, sent?.receipt]);
    const kinds = mine.map(({ type, level = '' }) => `${type} ${level}`.trim());
    const order = ['message.received', 'message.added', 'message.accepted', 'message.level delivered'];
    assert.deepEqual(
      kinds.filter(kind => order.includes(kind)),
      order,
      kinds.join(),
    );
    const ids = client.told.map(({ id }) => Number(id.split('-')[1]));
    assert.deepEqual(
      ids,
      ids.map((_, index) => (ids[0] as number) + index),
    );
    const text = JSON.stringify(client.told);
    for (const secret of ['hello', '4915550003001', 'wamid']) assert.ok(!text.includes(secret), secret);
  });

  it('tells a tick within half a second of its webhook', async () => {
    const phone = api.simulator.phone('4915550003002');
    const client = await read();
    phone.say('hello');
    const { message } = await client.until(({ type }) => type === 'message.accepted');
    const { body } = await api.call('GET', `/messages/${message}`);
    const status = { id: body.id, status: 'read', recipient_id: '4915550003002' };
    const before = performance.now();
    await api.webhook({ statuses: [{ ...status, timestamp: String(Math.floor(Date.now() / 1000)) }] });
    await client.until(event => event.type === 'message.level' && event.level === 'read', 'the tick');
    const tookMs = performance.now() - before;
    assert.ok(tookMs < 500, `${tookMs} ms`);
  });

  it('tells who holds a conversation, what agents do, and the policy that was put', async () => {
    const conversation = await api.conversationWith(api.simulator.phone('4915550003003'));
    const client = await read();
    await api.call('POST', `/conversations/${conversation}/agent-events`, { event: 'opened', agent: 'Ada' });
    const acted = await client.until(({ type }) => type === 'agent');
    assert.deepEqual([acted.event, acted.agent, acted.via], ['opened', 'Ada', 'key']);
    const taken = await client.until(({ type }) => type === 'conversation.changed');
    assert.deepEqual([taken.conversation, taken.holder, taken.policy], [conversation, 'agent', 'none']);
    const document = JSON.stringify({ read: { when: 'manual' } });
    const headers = { 'x-api-key': api.key };
    const path = `${api.host.url}/api/v1/policies/conversation/${conversation}`;
    assert.equal((await fetch(path, { method: 'PUT', headers, body: document })).status, 200);
    await client.until(({ policy }) => policy === 'stored', 'the policy');
  });

  it('begins anew for an id that it does not hold: another process’s, one to come, or none at all', async () => {
    const first = await read();
    const [, number] = String(first.told[0]?.id).split('-');
    const epoch = String(first.told[0]?.id).split('-')[0];
    for (const after of [`abc-${number}`, `${epoch}-${Number(number) + 1}`, `${epoch}-x`, 'nonsense', '']) {
      const client = await read({ after });
      assert.deepEqual(client.told, [{ id: first.told[0]?.id, type: 'reset' }], after);
    }
  });

  describe('lets nobody in', () => {
    const refused = async (
      status: number,
      code: string,
      headers: Record<string, string>,
      query = '',
    ): Promise<void> => {
      const address = `${api.host.url.replace('http', 'ws')}/api/v1/stream${query}`;
      const error = await readFrom(address, headers).then(
        ({ socket }) => socket.terminate() ?? assert.fail('was let in'),
        (error: unknown) => error,
      );
      const { status: got, code: name } = error as { status: number; code: string };
      assert.deepEqual([got, name], [status, code]);
    };

    it('without a key, with a wrong one, or with a forged token', async () => {
      await refused(401, 'unauthorized', {});
      await refused(401, 'unauthorized', { 'x-api-key': `${api.key}x` });
      await refused(401, 'unauthorized', { authorization: 'Bearer a.b.c' });
      // Whoever has no key is told nothing else.
      await refused(401, 'unauthorized', { origin: 'https://evil.example' }, '?wrong=query');
    });

    it('with a key in the address, were it the right one', async () => {
      for (const name of ['key', 'token', 'access_token', 'x-api-key', 'code'])
        await refused(400, 'invalid_request', { 'x-api-key': api.key }, `?${name}=${api.key}`);
      await refused(400, 'invalid_request', { 'x-api-key': api.key }, '?after=a-1&after=a-2');
    });

    it('of another site’s pages', async () => {
      const key = { 'x-api-key': api.key };
      const port = api.host.port;
      const others = [
        'https://evil.example',
        'null',
        `https://127.0.0.1:${port}`,
        `http://127.0.0.1:${port + 1}`,
      ];
      for (const origin of others) await refused(403, 'forbidden', { ...key, origin });
      await read({ headers: { ...key, origin: api.host.url } });
    });

    it('with a token that names no conversations', async () => {
      const {
        body: { token },
      } = await api.call('POST', '/tokens', {});
      await refused(403, 'forbidden', { authorization: `Bearer ${token}` });
    });

    it('who asks in the ordinary way', async () => {
      const answer = await api.call('GET', '/stream');
      assert.deepEqual([answer.status, answer.body.error.code], [400, 'invalid_request']);
      assert.equal((await api.call('GET', '/stream', undefined, {})).status, 401);
    });

    it('anywhere else: there a wish for another protocol changes nothing', async () => {
      const ask = async (method: string, path: string, upgrade: string, body = '') => {
        const headers = { 'x-api-key': api.key, connection: 'Upgrade', upgrade };
        const asked = request(`${api.host.url}${path}`, { method, headers }).end(body);
        const [answer] = (await once(asked, 'response')) as [IncomingMessage];
        answer.resume();
        return answer.statusCode;
      };
      assert.equal(await ask('GET', '/api/v1/conversations', 'websocket'), 200);
      assert.equal(await ask('GET', '/api/v1/streams', 'websocket'), 404);
      assert.equal(await ask('GET', '/api/v1/stream', 'h2c'), 400);
      const body = JSON.stringify({ channel: 'simulator', text: 'hi' });
      assert.equal(await ask('POST', '/api/v1/policies/explain', 'h2c', body), 200);
    });
  });

  it('shows a token’s bearer its own conversations only', async () => {
    const [mine, other] = await Promise.all(
      ['4915550003004', '4915550003005'].map(number => api.conversationWith(api.simulator.phone(number))),
    );
    const {
      body: { token },
    } = await api.call('POST', '/tokens', { conversations: [mine], agent: 'Ada' });
    const everything = await read();
    const client = await read({ headers: { authorization: `Bearer ${token}` } });
    for (const id of [other, mine])
      await api.call('POST', `/conversations/${id}/agent-events`, { event: 'accepted' });
    await client.until(({ type }) => type === 'agent');
    await everything.until(event => event.conversation === mine && event.type === 'agent');
    assert.ok(everything.told.some(({ conversation }) => conversation === other));
    assert.deepEqual(new Set(client.told.slice(1).map(({ conversation }) => conversation)), new Set([mine]));
    // What it resumes with is judged like anything else.
    const again = await read({
      after: String(everything.told[0]?.id),
      headers: { authorization: `Bearer ${token}` },
    });
    await again.until(({ type }) => type === 'agent');
    assert.ok(again.told.every(({ type, conversation }) => type === 'ready' || conversation === mine));
  });

  it('is followed by the client of docs/stream.md', async () => {
    const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'stream.md'), 'utf8');
    const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
    const source = code.replace("from 'ws'", `from '${import.meta.resolve('ws')}'`);
    const { follow } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
    const came = new EventEmitter();
    const signal = AbortSignal.timeout(5000);
    const show = (event: Told) => came.emit(event.type, event);
    const socket: WebSocket = follow(api.host.url, api.key, show);
    try {
      await once(came, 'ready', { signal });
      const received = once(came, 'message.received', { signal });
      api.simulator.phone('4915550003006').say('hello');
      const [{ kind }] = (await received) as [Told];
      assert.equal(kind, 'message');
    } finally {
      socket.removeAllListeners('close').terminate();
    }
  });

  it('takes no messages', async () => {
    const client = await read();
    client.socket.send('hello');
    assert.equal((await client.ended()).code, 1008);
    const loud = await read();
    loud.socket.send('x'.repeat(100_000));
    assert.equal((await loud.ended()).code, 1009);
  });

  it('ends with the host, which says so and does not wait for its readers', async () => {
    const client = await read();
    const began = performance.now();
    await api.restart();
    assert.deepEqual(await client.ended(), { code: 1001, reason: 'The host stops: come again' });
    assert.ok(performance.now() - began < 5000);
    const after = String(client.told.at(-1)?.id);
    const again = await read({ after });
    assert.equal(again.told[0]?.type, 'reset');
    assert.notEqual(String(again.told[0]?.id).split('-')[0], after.split('-')[0]);
  });
});
