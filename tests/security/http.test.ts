import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import fc from 'fast-check';
import { pino } from 'pino';
import { createServer } from '../../bot/server.ts';
import { signBody } from '../../bot/simulator/envelopes.ts';
import { type HostProcess, startHostProcess } from '../support/hostProcess.ts';
import { customer } from './attackedChannel.ts';
import { type AttackedHost, ask, startAttackedHost } from './attackedHost.ts';

/** The seed of the property: a failure prints the path that leads back to it. */
const seed = 20_261_122;

const key = 'the-administrator-s-key-0123456789';
const body = '{"object":"whatsapp_business_account","entry":[]}';

describe('the HTTP door', () => {
  let attacked: AttackedHost;
  before(async () => {
    attacked = await startAttackedHost({ BLUETICK_API_KEY: key });
  });
  after(() => attacked.close());
  afterEach('the host lives', async () => {
    const { status } = await attacked.ask({ path: '/healthz' });
    assert.equal(status, 200);
  });

  /** Sends bytes as they are; answers all that came back until the end of the connection. */
  async function send(bytes: string): Promise<string> {
    const socket = connect(attacked.host.port, '127.0.0.1');
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in time')));
    socket.write(bytes, 'latin1');
    return readText(socket);
  }
  const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
  const get = (path: string, ...headers: string[]) =>
    lines(`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers);
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

  describe('takes no address that is none', () => {
    for (const host of [
      'localhost:99999',
      'localhost:abc',
      'local host',
      '[',
      '[::1',
      '1.2.3.4.5',
      'a/healthz?',
      'a#',
      'user@localhost',
      'localhost\\@example.com',
      'a,b',
      '*',
      '\xe4',
      '%00',
    ]) {
      it(`as the Host ${JSON.stringify(host)}`, async () => {
        const answer = await send(lines('GET /healthz HTTP/1.1', `Host: ${host}`, 'Connection: close'));
        assert.equal(statusOf(answer), 400);
        assert.match(answer, /\{"error":\{"code":"invalid_request","message":"[^"]+"\}\}$/);
      });
    }
    for (const target of [
      'http://localhost:99999/healthz',
      'http://[/healthz',
      'http://%/healthz',
      'https://',
      'x:',
    ]) {
      it(`as the target ${target}`, async () => assert.equal(statusOf(await send(get(target))), 400));
    }
    for (const target of [
      '//',
      '//..//healthz',
      '/%',
      '/%E0%A4%A',
      '/%00',
      '/..%2f..%2fetc%2fpasswd',
      '/\\..\\nothing',
      '*',
    ]) {
      it(`under the path ${target}`, async () => assert.equal(statusOf(await send(get(target))), 404));
    }
  });

  it('takes addresses as HTTP allows them', async () => {
    for (const host of ['localhost', 'bot.example.com:443', '[::1]:3978', '127.0.0.1', ''])
      assert.equal(
        statusOf(await send(lines('GET /healthz HTTP/1.1', `Host: ${host}`, 'Connection: close'))),
        200,
      );
    assert.equal(statusOf(await send(get('http://bot.example.com/healthz'))), 200);
  });

  it('answers whatever is asked, and breaks at nothing', async () => {
    const tricky = fc.string({ unit: fc.constantFrom(...'/\\?#%.:@[]*aZ0-2e'), maxLength: 30 });
    const impossible = fc.string({ unit: fc.constantFrom(...'/%: \t\xe4\xffa'), maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE', 'PROPFIND'),
        fc.oneof(
          tricky.map(path => `/${path}`),
          tricky.map(rest => `http://${rest}`),
          tricky.map(id => `/api/v1/conversations/${id}`),
          tricky.map(scope => `/api/v1/policies/${scope}`),
          tricky.map(query => `/webhooks/simulator?${query}`),
          impossible.map(path => `/${path}`),
        ),
        fc.oneof({ arbitrary: fc.constant('localhost'), weight: 3 }, tricky, impossible),
        async (method, target, host) => {
          const request = [
            `${method} ${target} HTTP/1.1`,
            `Host: ${host}`,
            'Connection: close',
            `x-api-key: ${key}`,
          ];
          const status = statusOf(await send(lines(...request, 'Content-Length: 0')));
          assert.ok(status >= 200 && status < 500, `answered ${status}`);
        },
      ),
      { seed, numRuns: 500 },
    );
    // A fault of ours would be there, whatever was answered.
    assert.doesNotMatch(attacked.logged(), /"level":[56]0/);
  });

  describe('does not let two requests hide in one', () => {
    const signed = () => {
      const secret = String(attacked.host.app.simulator?.channelOptions.appSecrets[0]);
      return [
        'POST /webhooks/simulator HTTP/1.1',
        'Host: localhost',
        `x-hub-signature-256: ${signBody(body, secret)}`,
      ];
    };
    const hidden = get('/api/v1/conversations', `x-api-key: ${key}`);
    const tricks: Readonly<Record<string, readonly string[]>> = {
      'two lengths': [`Content-Length: ${body.length}`, 'Content-Length: 0'],
      'a length and chunks': [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'],
      'a blank in the name of a header': ['Transfer-Encoding : chunked'],
      'an encoding that is none': ['Transfer-Encoding: xchunked'],
      'a length with a sign': [`Content-Length: +${body.length}`],
      'a header that goes on in the next line': ['x: a', ' Content-Length: 0'],
      'a bare line feed': [`x: a\nContent-Length: ${body.length}`],
    };
    for (const [what, headers] of Object.entries(tricks)) {
      it(`by ${what}`, async () => {
        const answer = await send(lines(...signed(), ...headers) + body + hidden);
        assert.equal(statusOf(answer), 400);
        assert.ok(!answer.includes('items'), 'the hidden request was answered');
      });
    }

    it('nor by a length that is too short: the signature is of what was read', async () => {
      const answer = await send(lines(...signed(), `Content-Length: ${body.length - 1}`) + body + hidden);
      assert.ok([400, 401].includes(statusOf(answer)), answer);
      assert.ok(!answer.includes('items'), 'the hidden request was answered');
    });
  });

  it('answers a request for another protocol as any other, and leaves no connection open', async () => {
    for (const protocol of ['websocket', 'h2c', 'TLS/1.2']) {
      const answer = await send(
        lines('GET /healthz HTTP/1.0', 'Host: localhost', 'Connection: Upgrade', `Upgrade: ${protocol}`),
      );
      assert.equal(statusOf(answer), 200);
    }
    assert.equal(await send(lines('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443')), '');
  });

  it('takes no other method in disguise', async () => {
    const override = { 'x-http-method-override': 'PUT', 'x-method-override': 'PUT', 'x-api-key': key };
    for (const path of ['/api/v1/policies/default', '/api/v1/policies/default?_method=PUT'])
      assert.equal((await attacked.ask({ method: 'POST', path, headers: override, body: '{}' })).status, 405);
  });

  it('gives pictures and nothing beside them', async () => {
    const { status } = await attacked.ask({ path: '/pictures/map.png' });
    assert.equal(status, 200);
    for (const name of [
      '',
      '.',
      '../knowledge.json',
      '..%2fknowledge.json',
      '%2e%2e/knowledge.json',
      '..%5cknowledge.json',
      'map.png/../../knowledge.json',
      'map.png%00',
      'map.png/',
      'MAP.PNG',
      '/etc/passwd',
    ]) {
      const { status, text } = await attacked.ask({ path: `/pictures/${name}` });
      assert.equal(status, 404, name);
      assert.equal(JSON.parse(text).error.code, 'unknown_route');
    }
  });

  it('tells no site of the web that it may read or send here', async () => {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const headers = {
        origin: 'https://example.com',
        'access-control-request-method': 'PUT',
        'x-api-key': key,
      };
      const { shown } = await attacked.ask({ method, path: '/api/v1/conversations', headers });
      assert.doesNotMatch(shown, /access-control-allow/i);
    }
  });

  it('says in no answer what it is made of', async () => {
    for (const path of [
      '/',
      '/healthz',
      '/nothing',
      '/api/v1/conversations',
      '/webhooks/simulator',
      '/mcp',
    ]) {
      const { shown } = await attacked.ask({ path });
      assert.doesNotMatch(shown, /\b(server|x-powered-by)\b|restify|node\.js/i, path);
    }
  });

  it('reads 16 kB of headers and no more', async () => {
    const answer = await send(get('/healthz', `X-Long: ${'x'.repeat(20_000)}`));
    assert.equal(statusOf(answer), 431);
  });

  it('writes whole lines of JSON into its log, whatever is asked', async () => {
    const forged = 'x\n{"level":30,"msg":"forged"}\r\n\u2028\u001b[2K';
    const path = `/api/v1/conversations/${encodeURIComponent(forged)}?q=${encodeURIComponent(forged)}`;
    await attacked.ask({ path, headers: { 'x-api-key': key } });
    const body = JSON.stringify({ [forged]: forged });
    const asked = { method: 'POST', path: '/api/v1/receipts', headers: { 'x-api-key': key }, body };
    assert.equal((await attacked.ask(asked)).status, 400);
    attacked.host.app.simulator?.phone(customer).say(forged);
    await attacked.waitForLog(/Webhook admitted/, 1);
    for (const line of attacked.logged().trimEnd().split('\n'))
      assert.notEqual(JSON.parse(line).msg, 'forged');
    assert.ok(!attacked.logged().includes('\u001b'));
  });

  it('gives a slow sender half a minute, with headers as with bodies', () => {
    const { server } = createServer(attacked.host.app, () => [key], pino({ level: 'silent' }));
    assert.deepEqual([server.headersTimeout, server.requestTimeout], [30_000, 30_000]);
    assert.ok(server.keepAliveTimeout > 0 && server.keepAliveTimeout <= 30_000);
  });
});

describe('a process whose door is kicked', () => {
  let folder: string;
  let host: HostProcess;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-door-'));
    host = await startHostProcess({ BLUETICK_DATA: folder, BLUETICK_API_KEY: key, LOG_LEVEL: 'trace' });
  });
  after(async () => {
    await host.end('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('slows down whoever asks too much, and says nothing of who asked what', async () => {
    await host.waitForOutput(/without a browser.*\n/);
    const quietly = host.output();
    const path = `/api/v1/conversations/${customer}?token=${key}`;
    const statuses = new Set<number>();
    for (let round = 0; round < 20 && !statuses.has(429); round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask(host.port, { path })));
      for (const { status, shown } of answers) {
        statuses.add(status);
        assert.ok(!shown.includes(customer));
      }
    }
    assert.deepEqual([...statuses].sort(), [401, 429]);
    assert.equal(host.output(), quietly);
  });

  it('ends in order, although somebody asked for another protocol and waits', async () => {
    const socket = connect(host.port, '127.0.0.1');
    socket.write(
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    await once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
    assert.equal(await host.end('SIGTERM'), 0);
    socket.destroy();
  });
});
