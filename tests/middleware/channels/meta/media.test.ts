import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isMediaUrl } from '../../../../middleware/channels/meta/isMediaUrl.ts';
import { createMetaChannel } from '../../../../middleware/channels/meta/metaChannel.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import { serveHttp } from '../../../support/standIn.ts';

const business = '106540352242922';
const accessToken = 'EAA-the-token';

/** Starts a Graph that describes every file with `description`, and serves `/file` with `serve`. */
async function start(
  description: (origin: string) => object,
  serve: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    response.end('bytes'),
  timeoutMs = 2000,
) {
  const seen: string[] = [];
  const server = await serveHttp((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    if (request.url?.startsWith('/v25.0/')) response.end(JSON.stringify(description(server.origin)));
    else serve(request, response);
  });
  const channel = createMetaChannel({
    accessToken,
    phoneNumberIds: [business],
    appSecrets: ['s'],
    verifyToken: 'v',
    graphUrl: `${server.origin}/v25.0`,
    timeoutMs,
  });
  const download = (signal = new AbortController().signal) => channel.downloadMedia(business, 'a/b', signal);
  return {
    seen,
    download,
    async close() {
      await channel.close();
      await server.close();
    },
  };
}

const atHome = (origin: string) => ({ url: `${origin}/file?x=1`, mime_type: 'text/plain', file_size: '5' });

describe('isMediaUrl', () => {
  const graph = new URL('https://graph.facebook.com/v25.0');
  for (const url of [
    'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
    'https://scontent.xx.fbcdn.net/v/1',
    'https://mmg.whatsapp.net:443/v/1',
    'https://graph.facebook.com/media/1',
  ]) {
    it(`takes ${url}`, () => assert.equal(isMediaUrl(new URL(url), graph), true));
  }
});

describe('downloadMedia', () => {
  let started: Awaited<ReturnType<typeof start>>;
  afterEach(() => started.close());

  const text = async (body: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const faultOf = async (call: Promise<unknown>): Promise<ProviderError> => {
    const error = await call.then(
      () => assert.fail('the call succeeded'),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ProviderError, String(error));
    assert.ok(!`${error.message} ${error.stack} ${String(error.cause)}`.includes(accessToken));
    return error;
  };

  it('asks for the address in the name of the number, then for the bytes, both with the token', async () => {
    started = await start(atHome);
    const { contentType, size, body } = await started.download();
    assert.deepEqual([contentType, size, await text(body)], ['text/plain', 5, 'bytes']);
    assert.deepEqual(started.seen, [
      `/v25.0/a%2Fb?phone_number_id=${business} Bearer ${accessToken}`,
      `/file?x=1 Bearer ${accessToken}`,
    ]);
  });
  it('takes a size as a number, and none', async () => {
    started = await start(origin => ({ ...atHome(origin), file_size: 5 }));
    assert.equal((await started.download()).size, 5);
    await started.close();
    started = await start(origin => ({ ...atHome(origin), file_size: undefined }));
    assert.equal((await started.download()).size, undefined);
  });

  const foreign = [
    'https://example.com/file',
    'https://lookaside.fbsbx.com.example.com/file',
    'https://lookaside.fbsbx.com:8443/file',
    'http://lookaside.fbsbx.com/file',
    'https://evil-fbcdn.net/file',
    'https://fbcdn.net.example.com/file',
    'https://whatsapp.net/file',
    'https://evilwhatsapp.net/file',
    'https://lookaside.fbsbx.com@example.com/file',
    'http://169.254.169.254/latest',
    'http://127.0.0.1:1/file',
    'file:///etc/passwd',
  ];
  for (const url of foreign) {
    it(`takes the token nowhere else: ${url}`, async () => {
      started = await start(() => ({ url, mime_type: 'text/plain' }));
      const fault = await faultOf(started.download());
      assert.deepEqual([fault.fault, fault.providerCode], ['permanent', 'foreign_media_host']);
      assert.equal(started.seen.length, 1);
    });
  }
  it('follows no redirect', async () => {
    started = await start(atHome, (_request, response) => {
      response.writeHead(302, { location: 'https://example.com/' });
      response.end();
    });
    const fault = await faultOf(started.download());
    assert.deepEqual([fault.fault, fault.providerCode], ['permanent', 'http_302']);
  });
  it('reads what a refusal says', async () => {
    started = await start(atHome, (_request, response) => {
      response.writeHead(400, { 'retry-after': '9' });
      response.end('{"error":{"code":190}}');
    });
    const fault = await faultOf(started.download());
    assert.deepEqual([fault.fault, fault.retryAfterMs], ['auth', 9000]);
  });
  it('reads no endless refusal, and none that breaks off', async () => {
    started = await start(atHome, (_request, response) => {
      response.writeHead(500);
      const more = () => response.write(Buffer.alloc(4096), () => !response.destroyed && setImmediate(more));
      more();
    });
    assert.equal((await faultOf(started.download())).providerCode, 'http_500');
    await started.close();
    started = await start(atHome, (_request, response) => {
      response.writeHead(503, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    assert.equal((await faultOf(started.download())).providerCode, 'http_503');
  });
  it('refuses a description that is none', async () => {
    started = await start(() => ({ url: 'nonsense' }));
    assert.equal((await faultOf(started.download())).providerCode, 'unreadable_answer');
  });
  it('a file that breaks off fails while it is read', async () => {
    started = await start(atHome, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    const { body } = await started.download();
    const fault = await faultOf(text(body));
    assert.deepEqual([fault.providerCode, fault.ambiguous], ['network', false]);
  });
  it('stops at its signal, before the answer and within the file', async () => {
    const arrived = Promise.withResolvers<void>();
    started = await start(atHome, () => arrived.resolve());
    const stop = new AbortController();
    const before = faultOf(started.download(stop.signal));
    await arrived.promise;
    stop.abort();
    assert.equal((await before).providerCode, 'aborted');
    await started.close();

    started = await start(atHome, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    const within = new AbortController();
    const { body } = await started.download(within.signal);
    const reading = faultOf(text(body));
    within.abort();
    assert.equal((await reading).providerCode, 'aborted');
  });
  it('a silent host is a timeout', async () => {
    started = await start(atHome, () => {}, 60);
    const fault = await faultOf(started.download());
    assert.deepEqual([fault.providerCode, fault.providerWide], ['timeout', true]);
  });
  it('nobody there is a network fault', async () => {
    started = await start(atHome, request => request.socket.destroy());
    assert.equal((await faultOf(started.download())).providerCode, 'network');
  });
});
