import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createAcsChannel } from '../../../../middleware/channels/acs/acsChannel.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import { serveHttp } from '../../../support/standIn.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const accessKey = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

/** Starts a service that answers every request with `serve`. */
async function start(serve: (response: ServerResponse) => void, timeoutMs = 2000) {
  const seen: string[] = [];
  const server = await serveHttp((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    serve(response);
  });
  const channel = createAcsChannel({
    connectionString: `endpoint=${server.origin};accessKey=${accessKey}`,
    channelIds: [business],
    webhookSecrets: ['s'],
    timeoutMs,
  });
  return {
    seen,
    download: (mediaId = 'a/b', signal = new AbortController().signal) =>
      channel.downloadMedia(business, mediaId, signal),
    async close() {
      await channel.close();
      await server.close();
    },
  };
}

const read = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const providerCode = (code: string) => (error: unknown) =>
  error instanceof ProviderError && error.providerCode === code && !error.ambiguous;

describe('the files of ACS', () => {
  let started: Awaited<ReturnType<typeof start>>;
  afterEach(() => started.close());

  it('are fetched by their id, as it is', async () => {
    started = await start(response => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end('bytes');
    });
    const { contentType, body } = await started.download();
    assert.deepEqual([contentType, await read(body)], ['text/plain', 'bytes']);
    assert.deepEqual(started.seen, ['GET /messages/streams/a%2Fb?api-version=2024-08-30']);
  });

  it('have the size that is told of the bytes themselves, not of packed ones', async () => {
    const packed = gzipSync('bytes');
    started = await start(response => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
      response.end(packed);
    });
    const { contentType, size, body } = await started.download();
    assert.deepEqual([contentType, size, await read(body)], ['application/octet-stream', undefined, 'bytes']);
  });

  for (const id of ['', '.', '..']) {
    it(`are not asked for by "${id}", which would lead elsewhere`, async () => {
      started = await start(response => response.end('bytes'));
      await assert.rejects(started.download(id), providerCode('no_media'));
      assert.deepEqual(started.seen, []);
    });
  }

  it('may be refused', async () => {
    started = await start(response => {
      response.writeHead(404, { 'x-ms-error-code': 'NotFound' });
      response.end('{"error":{"code":"NotFound"}}');
    });
    await assert.rejects(started.download(), providerCode('NotFound'));
  });

  it('end with an error where the connection breaks', async () => {
    started = await start(response => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('some', () => response.destroy());
    });
    const { body } = await started.download();
    await assert.rejects(read(body), providerCode('network'));
  });

  it('end with an error where nothing more comes', async () => {
    started = await start(response => void response.write('some'), 200);
    const { body } = await started.download();
    await assert.rejects(read(body), providerCode('timeout'));
  });

  it('end when they are given up', async () => {
    started = await start(response => void response.write('some'));
    const stop = new AbortController();
    const { body } = await started.download('a', stop.signal);
    const chunks = body[Symbol.asyncIterator]();
    assert.equal((await chunks.next()).done, false);
    const more = chunks.next();
    stop.abort();
    await assert.rejects(more, providerCode('aborted'));
  });

  it('may be left unread', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    started = await start(response => {
      closed = new Promise(resolve => response.on('close', resolve));
      response.write('some');
    });
    const { body } = await started.download();
    for await (const chunk of body) {
      assert.equal(Buffer.from(chunk).toString(), 'some');
      break;
    }
    await closed;
  });
});
