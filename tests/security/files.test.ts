import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileHeaders } from '../../bot/files/fileHeaders.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const page = Buffer.from('<!doctype html><script>alert(1)</script>');
const pdf = Buffer.from('%PDF-1.7\n1 0 obj <</S/JavaScript>> endobj');

describe('files of others', function () {
  this.timeout(30_000);
  let api: ApiHost;
  before(async () => {
    api = await startApiHost();
  });
  after(() => api.close());

  const upload = (body: Buffer, headers: Record<string, string>) =>
    fetch(`${api.host.url}/api/v1/uploads`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { 'x-api-key': api.key, ...headers },
    });
  const isSafe = (answer: Response) => {
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('content-security-policy'), "sandbox; default-src 'none'");
    assert.match(String(answer.headers.get('cache-control')), /^private/);
  };

  it('that agents send are handed to whoever has the address, as what they are and nothing else', async () => {
    const name = encodeURIComponent('Rechnung für "Änne"\r\nSet-Cookie: a=b.pdf');
    const kept = await upload(pdf, { 'Content-Type': 'application/pdf; x=y', 'x-file-name': name });
    assert.equal(kept.status, 201);
    const { url, expiresAt, ...told } = (await kept.json()) as Record<string, string>;
    const fileName = 'Rechnung für _Änne_Set-Cookie_ a=b.pdf';
    assert.deepEqual(told, { type: 'document', contentType: 'application/pdf', fileName, size: pdf.length });
    assert.ok(Date.parse(String(expiresAt)) > Date.now() + 29 * 86_400_000);
    assert.match(String(url), new RegExp(`^${api.host.url}/files/[0-9a-f]{64}$`));
    const answer = await fetch(String(url));
    isSafe(answer);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), pdf);
    assert.equal(answer.headers.get('content-type'), 'application/pdf');
    assert.equal(answer.headers.get('set-cookie'), null);
    const head = await fetch(String(url), { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(pdf.length)]);
  });

  it('go out in a message by that address', async () => {
    const { url } = (await (await upload(png, { 'Content-Type': 'image/png' })).json()) as { url: string };
    const phone = api.simulator.phone('4915550001111');
    const id = await api.conversationWith(phone);
    const { status, body } = await api.call('POST', `/conversations/${id}/messages`, {
      media: { url, type: 'image', caption: 'Yours' },
    });
    assert.deepEqual([status, body.sending], [202, 'sent']);
    const { body: thread } = await api.call('GET', `/conversations/${id}/thread/${body.ref}`);
    assert.deepEqual(thread.content, { type: 'media', text: 'Yours', media: { type: 'image', url } });
  });

  it('are refused where they are no such file, are too large or not called by a name', async () => {
    const status = async (body: Buffer, headers: Record<string, string>) =>
      (await upload(body, headers)).status;
    assert.equal(await status(page, { 'Content-Type': 'image/png' }), 400);
    assert.equal(await status(page, { 'Content-Type': 'text/html' }), 400);
    assert.equal(await status(page, { 'Content-Type': 'image/svg+xml' }), 400);
    assert.equal(await status(png, { 'Content-Type': 'image/png', 'x-file-name': '%zz' }), 400);
    const large = Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)]);
    assert.equal(await status(large, { 'Content-Type': 'image/png' }), 413);
    const stranger = await fetch(`${api.host.url}/api/v1/uploads`, {
      method: 'POST',
      body: new Uint8Array(png),
      headers: { 'Content-Type': 'image/png' },
    });
    assert.equal(stranger.status, 401);
  });

  it('too large without a length are refused as soon as that is known, with an answer', async () => {
    const socket = connect(api.host.port, '127.0.0.1');
    const head = `POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\nx-api-key: ${api.key}\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const body = Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024)]);
    socket.on('error', () => {});
    socket.write(`${head}${body.length.toString(16)}\r\n`);
    socket.write(body);
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('are at no other address, and the folder is not listed', async () => {
    const paths = [
      '',
      '/',
      '/%2e%2e%2fbluetick.sqlite',
      '/..%2f..%2fetc%2fpasswd',
      '/a',
      `/${'0'.repeat(64)}`,
    ];
    for (const path of paths) {
      const answer = await fetch(`${api.host.url}/files${path}`);
      assert.equal(answer.status, 404, path);
    }
  });

  it('that customers send are handed out with a key alone, and never as a page', async () => {
    const phone = api.simulator.phone('4915550002222');
    const id = await api.conversationWith(phone);
    await api.host.app.store.changeConversation(id, { holder: 'agent' });
    const send = async (contentType: string, body: Buffer, fileName: string) => {
      phone.sendFile('document', body, { contentType, fileName });
      await api.simulator.idle();
      const { body: thread } = await api.call('GET', `/conversations/${id}/thread?limit=1`);
      return String(thread.items[0].content.media.url);
    };
    for (const contentType of [
      'text/html',
      'image/svg+xml',
      'application/xhtml+xml',
      'text/xml',
      'nonsense',
    ]) {
      const url = api.host.url + (await send(contentType, page, 'x.html'));
      assert.equal((await fetch(url)).status, 401);
      const answer = await fetch(url, { headers: { 'x-api-key': api.key } });
      assert.deepEqual(
        [answer.status, answer.headers.get('content-type')],
        [200, 'application/octet-stream'],
        contentType,
      );
      assert.match(String(answer.headers.get('content-disposition')), /^attachment; /);
      isSafe(answer);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), page);
    }
  });

  it('that customers send are found by our id of their message alone', async () => {
    const phone = api.simulator.phone('4915550003333');
    const id = await api.conversationWith(phone);
    const { body: thread } = await api.call('GET', `/conversations/${id}/thread`);
    const refs = thread.items.map(({ ref }: { ref: string }) => ref);
    for (const ref of [...refs, 'm0', 'm999999', 'o1', 'x', '..', '%2e%2e%2fconversations', 'm1e3', 'm1.0'])
      assert.equal((await api.call('GET', `/media/${ref}`)).status, 404, ref);
  });

  it('that the provider has no more are gone', async () => {
    const phone = api.simulator.phone('4915550004444');
    const id = await api.conversationWith(phone);
    await api.host.app.store.changeConversation(id, { holder: 'agent' });
    phone.send('image', { image: { id: 'no-such-file', mime_type: 'image/png' } });
    await api.simulator.idle();
    const { body } = await api.call('GET', `/conversations/${id}/thread?limit=1`);
    assert.equal((await api.call('GET', `/media/${body.items[0].ref}`)).status, 404);
  });

  it('have a name that ends nothing', () => {
    const disposition = (fileName: string) =>
      fileHeaders({ contentType: 'text/plain', fileName })['Content-Disposition'];
    assert.equal(disposition('a.txt'), `attachment; filename="a.txt"; filename*=UTF-8''a.txt`);
    assert.equal(
      disposition(`"; filename=evil\r\n.exe/ü'(1)%41.txt`),
      `attachment; filename="_'(1)_41.txt"; filename*=UTF-8''%C3%BC%27%281%29%2541.txt`,
    );
    assert.equal(disposition('\ud800'), `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`);
  });
});
