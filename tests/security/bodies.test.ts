import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { deepestNesting } from '../../middleware/channels/readJsonBody.ts';
import { type AttackedChannel, customer } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { configured } from './channels.ts';

const secret = 'the-secret-of-today-0123456789';

/** How long a refusal may take: what costs more is a lever for whoever wants the host busy. */
const refusedWithinMs = 500;

/** Bodies that no provider sends, although the sender has the secret. */
function malformed({ body, bodyLimit }: AttackedChannel): Readonly<Record<string, Buffer>> {
  const good = body({ id: 'malformed', text: 'hello' });
  const inText = (text: string) => Buffer.from(good.replace('"hello"', `"hello",${text}`));
  const nested = (depth: number) => inText(`"deep":${'['.repeat(depth)}${']'.repeat(depth)}`);
  return {
    nothing: Buffer.alloc(0),
    'no JSON': Buffer.from('hello'),
    'a text in JSON': Buffer.from('"hello"'),
    null: Buffer.from('null'),
    'half of it': Buffer.from(good.slice(0, good.length / 2)),
    'two of it': Buffer.from(good + good),
    'brackets as far as they go': Buffer.alloc(bodyLimit, '['),
    'more levels than there are': nested(deepestNesting + 1),
    'levels without end, closed': nested(100_000),
    'the key __proto__': inText('"__proto__":{"isAdmin":true}'),
    'the key __proto__, escaped': inText('"\\u005f_proto__":{"isAdmin":true}'),
    'the key constructor': inText('"constructor":{"prototype":{"isAdmin":true}}'),
    'the key prototype, in a list': inText('"a":[{"prototype":1}]'),
    'bytes that are not UTF-8': Buffer.from(good.replace('hello', '\xff\xfe'), 'latin1'),
    'a code point in two bytes too many': Buffer.from(good.replace('hello', '\xc0\xaf'), 'latin1'),
    'half of a surrogate pair in UTF-8': Buffer.from(good.replace('hello', '\xed\xa0\x80'), 'latin1'),
    'UTF-16': Buffer.from(good, 'utf16le'),
    compressed: gzipSync(good),
  };
}

for (const channel of configured) {
  describe(`the bodies of ${channel.name}`, () => {
    const { bodyLimit, body, proved, unproved } = channel;
    let attacked: AttackedHost;
    let untouched: string;
    before(async () => {
      attacked = await startAttackedHost(channel.settings([secret]));
      await attacked.ask(proved(body({ id: 'first', text: 'hello' }), secret));
      untouched = await attacked.contents();
    });
    after(() => attacked.close());

    /** Sends it; answers the status, when nothing was changed and no pollution is left. */
    async function refusal(attack: Attack): Promise<number> {
      const began = performance.now();
      const { status } = await attacked.ask(attack);
      assert.ok(performance.now() - began < refusedWithinMs);
      assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
      assert.equal(await attacked.contents(), untouched);
      return status;
    }

    for (const [what, bytes] of Object.entries(malformed(channel))) {
      it(`are refused where they are ${what}`, async () =>
        assert.equal(await refusal(proved(bytes, secret)), 400));
    }

    it('are refused unread without the proof, whatever they are', async () => {
      const first = Object.keys(unproved('{}', secret))[0] ?? '';
      for (const bytes of Object.values(malformed(channel))) {
        const attack = unproved('{}', secret)[first];
        assert.equal((await attacked.ask({ path: '', ...attack, body: bytes })).status, 401);
      }
      assert.equal(await attacked.contents(), untouched);
    });

    it('are refused where they are compressed and say so', async () => {
      const { headers, ...attack } = proved(gzipSync(body({ id: 'zipped', text: 'hello' })), secret);
      assert.equal(await refusal({ ...attack, headers: { ...headers, 'content-encoding': 'gzip' } }), 400);
    });

    it('are read up to the limit', async () => {
      const padded = (size: number) => Buffer.from(body({ id: 'large', text: 'hello' }).padEnd(size));
      const tooLarge = proved(padded(bodyLimit + 1), secret);
      assert.equal(await refusal({ ...tooLarge, chunked: true }), 413);
      assert.equal(await refusal({ ...tooLarge, chunked: true, headers: {} }), 413);
      assert.equal((await attacked.ask(proved(padded(bodyLimit), secret))).status, 200);
      untouched = await attacked.contents();
    });

    /** Opens a connection and sends a proved body, of which it says that it has another length. */
    function sendPart(part: string, length: number): Socket {
      const { path, headers } = proved(part, secret);
      const lines = Object.entries({ ...headers, host: 'localhost', 'content-length': length });
      const socket = connect(attacked.host.port, '127.0.0.1');
      socket.write(
        `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      );
      socket.write(part);
      return socket;
    }

    it('are not waited for where too much is announced', async () => {
      const socket = sendPart('', bodyLimit + 1);
      const [answer] = await once(socket, 'data', { signal: AbortSignal.timeout(5000) });
      assert.match(String(answer), /^HTTP\/1\.1 413 /);
      socket.destroy();
    });

    it('count for nothing where the sender goes away before their end', async () => {
      const good = body({ id: 'unfinished', text: 'hello' });
      const socket = sendPart(good, good.length + 1).end();
      await once(socket.resume(), 'close', { signal: AbortSignal.timeout(5000) });
      assert.equal(await attacked.contents(), untouched);
    });

    it('are admitted whatever type they are said to have', async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
        const { headers, ...attack } = proved(body({ id: `as ${type}`, text: 'hello' }), secret);
        const { status } = await attacked.ask({ ...attack, headers: { ...headers, 'content-type': type } });
        assert.equal(status, 200, type);
      }
    });
  });

  describe(`what cannot be read of ${channel.name}`, () => {
    it('is set aside in the store, and the log has no word of it', async () => {
      const attacked = await startAttackedHost(channel.settings([secret]));
      try {
        const words = `call me at ${customer}`;
        const attack = channel.proved(channel.unreadable(channel.business, words), secret);
        assert.equal((await attacked.ask(attack)).status, 200);
        assert.ok((await attacked.contents()).includes(words));
        assert.match(attacked.logged(), /"rejected":1/);
        assert.ok(!attacked.logged().includes(words));
      } finally {
        await attacked.close();
      }
    });
  });
}
