import assert from 'node:assert/strict';
import { createHttpClient, type HttpClient } from '../../../middleware/channels/httpClient.ts';
import { ProviderError } from '../../../middleware/errors.ts';
import { nobody, type StandIn, serveHttp, serveTcp } from '../../support/standIn.ts';

describe('createHttpClient', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  const client = (
    origin: string,
    options: { timeoutMs?: number; connections?: number; answerLimit?: number } = {},
  ) => {
    const made = createHttpClient({ provider: 'Somebody', origin, timeoutMs: 2000, ...options });
    open.push(made);
    return made;
  };
  const standIn = async (starting: Promise<StandIn>) => {
    const started = await starting;
    open.push(started);
    return started;
  };
  const never = () => new AbortController().signal;
  const post = (made: HttpClient, signal = never()) =>
    made.call({ method: 'POST', path: '/a?b=1', headers: { 'x-own': 'yes' }, body: '{"c":"ü"}' }, signal);
  const faultOf = async (call: Promise<unknown>): Promise<ProviderError> => {
    const error = await call.then(
      () => assert.fail('the call succeeded'),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ProviderError, String(error));
    assert.equal(error.fault, 'transient');
    return error;
  };

  it('makes the call as given and answers status, headers and body', async () => {
    const seen: unknown[] = [];
    const { origin } = await standIn(
      serveHttp(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        seen.push([request.method, request.url, request.headers['x-own'], Buffer.concat(chunks).toString()]);
        response.writeHead(418, { 'retry-after': '3' });
        response.end('{"d":"ö"}');
      }),
    );
    const { status, headers, body } = await post(client(origin));
    assert.deepEqual([status, headers['retry-after'], body], [418, '3', '{"d":"ö"}']);
    assert.deepEqual(seen, [['POST', '/a?b=1', 'yes', '{"c":"ü"}']]);
  });
  it('follows no redirect', async () => {
    let calls = 0;
    const { origin } = await standIn(
      serveHttp((_request, response) => {
        calls++;
        response.writeHead(302, { location: '/elsewhere' });
        response.end();
      }),
    );
    assert.equal((await post(client(origin))).status, 302);
    assert.equal(calls, 1);
  });
  it('a silent provider: timeout, which may have acted', async () => {
    const { origin } = await standIn(serveHttp(() => {}));
    const fault = await faultOf(post(client(origin, { timeoutMs: 50 })));
    assert.deepEqual([fault.providerCode, fault.providerWide, fault.ambiguous], ['timeout', true, true]);
  });
  it('an answer that drips: the deadline is for the whole of it', async () => {
    const { origin } = await standIn(
      serveHttp((_request, response) => {
        response.writeHead(200, { 'content-length': '10' });
        response.write('x');
      }),
    );
    const fault = await faultOf(post(client(origin, { timeoutMs: 50 })));
    assert.deepEqual([fault.providerCode, fault.ambiguous], ['timeout', true]);
  });
  it('nobody listens: network, and nothing can have happened', async () => {
    const fault = await faultOf(post(client(await nobody())));
    assert.deepEqual([fault.providerCode, fault.providerWide, fault.ambiguous], ['network', true, false]);
  });
  it('the connection breaks after the request: network, which may have acted', async () => {
    const { origin } = await standIn(serveTcp(socket => socket.once('data', () => socket.destroy())));
    const fault = await faultOf(post(client(origin)));
    assert.deepEqual([fault.providerCode, fault.providerWide, fault.ambiguous], ['network', true, true]);
  });
  it('the connection breaks within the answer: network, which may have acted', async () => {
    const { origin } = await standIn(
      serveTcp(socket =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')),
      ),
    );
    const fault = await faultOf(post(client(origin)));
    assert.deepEqual([fault.providerCode, fault.ambiguous], ['network', true]);
  });
  it('an answer that is no HTTP: network', async () => {
    const { origin } = await standIn(
      serveTcp(socket => socket.once('data', () => socket.end('nonsense\r\n\r\n'))),
    );
    assert.equal((await faultOf(post(client(origin)))).providerCode, 'network');
  });
  it('an endless answer is cut off', async () => {
    const { origin } = await standIn(
      serveHttp((_request, response) => {
        const more = () =>
          response.write(Buffer.alloc(1024), () => !response.destroyed && setImmediate(more));
        more();
      }),
    );
    const fault = await faultOf(post(client(origin, { answerLimit: 10_000 })));
    assert.deepEqual([fault.providerCode, fault.ambiguous, fault.retries], ['unreadable_answer', true, 1]);
  });
  it('stopped by its signal while the provider is silent: at once, and not the provider’s fault', async () => {
    const arrived = Promise.withResolvers<void>();
    const { origin } = await standIn(serveHttp(() => arrived.resolve()));
    const stop = new AbortController();
    const fault = faultOf(post(client(origin), stop.signal));
    await arrived.promise;
    stop.abort(new Error('enough'));
    const { providerCode, providerWide, ambiguous } = await fault;
    assert.deepEqual([providerCode, providerWide, ambiguous], ['aborted', false, true]);
  });
  it('stopped while it waits for a free connection: at once, nothing was sent, and it is never sent', async () => {
    const seen: (string | undefined)[] = [];
    const waiting: (() => void)[] = [];
    const arrived = Promise.withResolvers<void>();
    const { origin } = await standIn(
      serveHttp((request, response) => {
        seen.push(request.url);
        waiting.push(() => response.end('ok'));
        arrived.resolve();
      }),
    );
    const made = client(origin, { connections: 1 });
    const get = (path: string, signal = never()) => made.call({ method: 'GET', path, headers: {} }, signal);
    const first = get('/first');
    await arrived.promise;
    const stop = new AbortController();
    const second = faultOf(get('/second', stop.signal));
    stop.abort();
    const { providerCode, ambiguous } = await second;
    assert.deepEqual([providerCode, ambiguous], ['aborted', false]);
    const third = get('/third');
    waiting.shift()?.();
    assert.equal((await first).body, 'ok');
    // The third call's arrival shows that the second one's turn has passed.
    await new Promise<void>(resolve => {
      const look = () => (waiting.length > 0 ? resolve() : setImmediate(look));
      look();
    });
    waiting.shift()?.();
    await third;
    assert.deepEqual(seen, ['/first', '/third']);
  });
  it('too late while it waits for a free connection: timeout, nothing was sent', async () => {
    const { origin } = await standIn(serveHttp(() => {}));
    const made = client(origin, { connections: 1, timeoutMs: 80 });
    const first = faultOf(post(made));
    const second = faultOf(post(made));
    assert.deepEqual([(await first).ambiguous, (await second).ambiguous], [true, false]);
    assert.equal((await second).providerCode, 'timeout');
  });
  it('a signal that aborted before: no call', async () => {
    let calls = 0;
    const { origin } = await standIn(
      serveHttp((_request, response) => {
        calls++;
        response.end();
      }),
    );
    const made = client(origin);
    const fault = await faultOf(post(made, AbortSignal.abort()));
    assert.deepEqual([fault.providerCode, fault.ambiguous], ['aborted', false]);
    await post(made);
    assert.equal(calls, 1);
  });
  it('after its end: network, nothing was sent', async () => {
    const { origin } = await standIn(serveHttp((_request, response) => response.end()));
    const made = createHttpClient({ provider: 'Somebody', origin, timeoutMs: 2000 });
    await made.close();
    const fault = await faultOf(post(made));
    assert.deepEqual([fault.providerCode, fault.ambiguous], ['network', false]);
  });
  it('leaves no listener on the caller’s signal', async () => {
    const { origin } = await standIn(serveHttp((_request, response) => response.end()));
    const made = client(origin);
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners--;
      remove(...given);
    };
    await post(made, signal);
    assert.equal(listeners, 0);
  });
});
