import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import restify, { type Server } from 'restify';
import { addMediaRoute } from '../../../bot/routes/media.ts';
import { respondError } from '../../../bot/routes/respond.ts';
import { ProviderError } from '../../../middleware/errors.ts';
import type { Channel, MediaDownload, ThreadItem } from '../../../middleware/ports.ts';

const chunk = Buffer.alloc(1024, 1);

describe('a customer’s file, passed on', () => {
  let server: Server;
  let url: string;
  let download: (signal: AbortSignal) => Promise<MediaDownload>;
  before(async () => {
    const log = pino({ level: 'silent' });
    server = restify.createServer();
    const channel = {
      name: 'meta',
      downloadMedia: (business: string, id: string, signal: AbortSignal) => {
        assert.deepEqual([business, id], ['b1', 'media-1']);
        return download(signal);
      },
    } as unknown as Channel;
    const item = (ref: string) => ({
      side: 'customer',
      ref,
      conversation: { channel: ref === 'm2' ? 'acs' : 'meta', business: 'b1' },
      content: { type: 'image', media: { type: 'image', id: 'media-1', fileName: '../a.png' } },
    });
    addMediaRoute(server, {
      store: { threadItem: async ref => item(ref) as unknown as ThreadItem },
      channels: [channel],
      route: act => [
        async (request, response) => {
          try {
            await act(request, { role: 'agent', via: 'key' }, response);
          } catch (error) {
            respondError(response, error, log);
          }
        },
      ],
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/media/`;
  });
  after(() => {
    server.server.closeAllConnections();
    server.close();
  });

  const giving = (body: AsyncIterable<Uint8Array>, over: Partial<MediaDownload> = {}) => {
    download = async () => ({ contentType: 'image/png', body, ...over });
  };
  const status = async (ref = 'm1') => (await fetch(url + ref)).status;

  it('goes under the name that the customer gave it, without a path', async () => {
    giving(
      (async function* () {
        yield chunk;
      })(),
    );
    const answer = await fetch(`${url}m1`);
    assert.equal(
      answer.headers.get('content-disposition'),
      `inline; filename="a.png"; filename*=UTF-8''a.png`,
    );
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), chunk);
  });

  it('is not fetched to its end where the caller goes away', async () => {
    const ended = Promise.withResolvers<boolean>();
    let given: AbortSignal | undefined;
    download = async signal => {
      given = signal;
      const body = (async function* () {
        try {
          for (;;) yield chunk;
        } finally {
          ended.resolve(true);
        }
      })();
      return { contentType: 'image/png', body };
    };
    const caller = new AbortController();
    const answer = await fetch(`${url}m1`, { signal: caller.signal });
    await answer.body?.getReader().read();
    caller.abort();
    assert.equal(await ended.promise, true);
    assert.equal(given?.aborted, true);
  });

  it('is refused where it is larger than WhatsApp has any, and cut off where that was not said', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(1024 * 1024);
    };
    giving(endless(), { size: 100 * 1024 * 1024 + 1 });
    assert.equal(await status(), 413);
    giving(endless());
    const answer = await fetch(`${url}m1`);
    let size = 0;
    await assert.rejects(async () => {
      for await (const part of answer.body ?? []) size += part.length;
    });
    assert.ok(size <= 100 * 1024 * 1024);
  });

  it('is as long as was announced, or breaks off: what is too much would be the answer to the next request', async () => {
    const twoChunks = async function* () {
      yield chunk;
      yield chunk;
    };
    for (const size of [chunk.length, 3 * chunk.length]) {
      giving(twoChunks(), { size });
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write('GET /api/v1/media/m1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
      const told = await text(socket);
      const body = told.slice(told.indexOf('\r\n\r\n') + 4);
      assert.ok(body.length <= size, `${body.length} bytes of ${size}`);
    }
  });

  it('breaks off with the provider, and is answered as an error where nothing came', async () => {
    const fails = (fault: 'auth' | 'transient') =>
      new ProviderError('refused', { fault, providerCode: '131052' });
    const failing = (error: Error, first: readonly Buffer[] = []) =>
      (async function* () {
        yield* first;
        throw error;
      })();
    giving(failing(fails('transient'), [chunk]));
    const answer = await fetch(`${url}m1`);
    await assert.rejects(answer.arrayBuffer());
    giving(failing(fails('transient')));
    assert.equal(await status(), 502);
    download = async () => Promise.reject(fails('auth'));
    assert.equal(await status(), 502);
    const gone = { fault: 'permanent', is: 'unknown_target', providerCode: '100' } as const;
    download = async () => Promise.reject(new ProviderError('gone', gone));
    assert.equal(await status(), 404);
  });

  it('is not there while its channel is off', async () => assert.equal(await status('m2'), 409));
});
