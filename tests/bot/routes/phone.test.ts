import assert from 'node:assert/strict';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { type ApiHost, startApiHost } from '../../support/apiHost.ts';

const path = '/phone/4915550001111';

/** `node:http`, because `fetch` does not let `Host` be set. */
const ask = (url: string, method: string, body?: unknown, headers: OutgoingHttpHeaders = {}) =>
  new Promise<{ status: number | undefined; body: { error?: { code: string } } }>((resolve, reject) => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(url, { method, headers: { ...type, ...headers } }, async response =>
      resolve({ status: response.statusCode, body: (await json(response)) as object }),
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });

describe('the phone, on the host’s port', () => {
  let api: ApiHost;
  before(async () => {
    api = await startApiHost();
  });
  after(() => api?.close());

  it('lets the customer write, and tells what happens to it', async () => {
    const events = await fetch(`${api.host.url}${path}/events`);
    const reader = (events.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream())
      .getReader();
    assert.match(String((await reader.read()).value), /^event: phone\n/);
    const written = await ask(`${api.host.url}${path}/messages`, 'POST', { text: 'hello' });
    assert.equal(written.status, 202);
    let seen = '';
    while (!seen.includes('"what":"blue"')) {
      const { value, done } = await reader.read();
      assert.ok(!done);
      seen += value;
    }
    await reader.cancel();
    // As a customer of that name would be known to the business.
    assert.equal(api.simulator.phone('4915550001111').wire.name, 'Anna');
  });

  it('refuses what it does not take', async () => {
    for (const [method, part, body, status, code] of [
      ['POST', '/messages', { txet: 'hi' }, 400, 'invalid_request'],
      ['POST', '/chat', { open: 1 }, 400, 'invalid_request'],
      ['POST', '/revokes', { messageId: 'wamid.unknown' }, 400, 'invalid_request'],
      ['GET', '/messages', undefined, 405, 'invalid_request'],
      ['GET', '/nothing', undefined, 404, 'unknown_route'],
      ['PUT', '/messages', { text: 'hi' }, 405, 'unknown_route'],
    ] as const) {
      const answer = await ask(`${api.host.url}${path}${part}`, method, body);
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code], `${method} ${part}`);
    }
    const unknown = await ask(`${api.host.url}/phone/4915550009999`, 'GET');
    assert.equal(unknown.status, 404);
  });

  it('serves this machine only, and no page of another site', async () => {
    for (const headers of [
      { host: 'evil.example.com' },
      { origin: 'https://evil.example.com' },
      { origin: 'null' },
      { 'x-forwarded-for': '10.0.0.1' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ]) {
      const url = `${api.host.url}${path}`;
      const told = JSON.stringify(headers);
      assert.equal((await ask(`${url}/messages`, 'POST', { text: 'hi' }, headers)).status, 403, told);
      assert.equal((await ask(`${url}/events`, 'GET', undefined, headers)).status, 403, told);
      assert.equal((await ask(url, 'GET', undefined, headers)).status, 403, told);
    }
    const plain = { 'content-type': 'text/plain' };
    assert.equal((await ask(`${api.host.url}${path}/messages`, 'POST', { text: 'hi' }, plain)).status, 400);
  });

  it('ends with the host: whoever reads along does not hold it up', async () => {
    const other = await startApiHost();
    const events = await fetch(`${other.host.url}${path}/events`);
    const began = performance.now();
    await other.close();
    // The host waits 10 s for requests that are under way.
    assert.ok(performance.now() - began < 5000);
    await events.text().catch(() => {});
  });
});

describe('the phone, on a host that is in the world', () => {
  it('is shut, as its page is', async () => {
    const api = await startApiHost({ PUBLIC_URL: 'https://bot.example.com' });
    try {
      const local = `http://127.0.0.1:${api.host.port}`;
      for (const where of [path, `${path}/events`, '/phone', '/demo'])
        assert.equal((await ask(local + where, 'GET')).status, 403, where);
      assert.equal((await ask(`${local}${path}/messages`, 'POST', { text: 'hi' })).status, 403);
    } finally {
      await api.close();
    }
  });
});
