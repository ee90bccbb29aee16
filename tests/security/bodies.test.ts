import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type AttackedChannel, customer } from './attackedChannel.ts';
import { type Attack, type AttackedHost, startAttackedHost } from './attackedHost.ts';
import { configured } from './channels.ts';
import { malformedOf } from './malformed.ts';

const secret = 'the-secret-of-today-0123456789';

/** How long a refusal may take: what costs more is a lever for whoever wants the host busy. */
const refusedWithinMs = 500;

/** A webhook's body, in so many bytes. */
function padded({ body, padded: pad = (text, size) => text.padEnd(size) }: AttackedChannel, size: number) {
  return pad(body({ id: 'large', text: 'hello' }), size);
}

for (const channel of configured) {
  describe(`the bodies of ${channel.title}`, () => {
    const { bodyLimit, body, proved, unproved } = channel;
    let attacked: AttackedHost;
    let close: (() => Promise<void>) | undefined;
    let untouched: string;
    before(async () => {
      close = await channel.open?.();
      attacked = await startAttackedHost(channel.settings([secret]));
      await attacked.ask(proved(body({ id: 'first', text: 'hello' }), secret));
      untouched = await kept();
    });
    after(async () => {
      await attacked.close();
      await close?.();
    });

    /** Everything that the host keeps, without what it set aside. */
    async function kept(): Promise<string> {
      const tables: [string, unknown[]][] = JSON.parse(await attacked.contents());
      const beside = tables.filter(([name]) => name !== 'dead_letter' && name !== 'sqlite_sequence');
      return JSON.stringify(beside);
    }

    /** How many items were set aside. */
    async function setAside(): Promise<number> {
      const tables: [string, unknown[]][] = JSON.parse(await attacked.contents());
      return tables.find(([name]) => name === 'dead_letter')?.[1].length ?? 0;
    }

    /** Sends it; answers the status, when it came soon and no pollution is left. */
    async function answered(attack: Attack): Promise<number> {
      const began = performance.now();
      const { status } = await attacked.ask(attack);
      assert.ok(performance.now() - began < refusedWithinMs);
      assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
      return status;
    }

    it('are refused where no provider sends such, or set aside, and change nothing', async () => {
      const asideBefore = await setAside();
      const all = Object.entries(malformedOf(channel, secret));
      for (const [what, { attack, status }] of all) assert.equal(await answered(attack), status, what);
      assert.equal(await kept(), untouched);
      // What is set aside twice is kept once.
      const aside = all.filter(([, { status }]) => status === 200).length;
      assert.equal((await setAside()) - asideBefore, aside);
    });

    it('are refused unread without the proof, whatever they are', async () => {
      const [without] = Object.values(unproved(body({ id: 'unproved', text: 'hello' }), secret));
      assert.ok(without !== undefined);
      for (const [what, { attack }] of Object.entries(malformedOf(channel, secret)))
        assert.equal(await answered({ ...without, body: attack.body ?? '' }), 401, what);
      assert.equal(await kept(), untouched);
    });

    it('are refused where they are compressed and say so', async () => {
      const { attack, status } = malformedOf(channel, secret).compressed ?? assert.fail('none is');
      const headers = { ...attack.headers, 'content-encoding': 'gzip' };
      assert.equal(await answered({ ...attack, headers }), status);
      assert.equal(await kept(), untouched);
    });

    it('are read up to the limit', async () => {
      const tooLarge = proved(padded(channel, bodyLimit + 1), secret);
      assert.equal(await answered({ ...tooLarge, chunked: true }), 413);
      assert.equal(await answered({ ...tooLarge, chunked: true, headers: {} }), 413);
      assert.equal(await kept(), untouched);
      assert.equal(await answered(proved(padded(channel, bodyLimit), secret)), 200);
      untouched = await kept();
      assert.equal(untouched.match(/"dedupe":"[0-9a-f]{32}"/g)?.length, 2);
    });

    /** Opens a connection and sends part of a proved body, of which it says that it has another length. */
    function sendPart(part: string, length: number): Socket {
      const { path, headers } = proved(body({ id: 'unfinished', text: 'hello' }), secret);
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
      assert.equal(await kept(), untouched);
    });

    it('are admitted whatever type they are said to have', async () => {
      const types = ['text/plain', 'application/json', 'application/x-www-form-urlencoded', ''];
      for (const type of [...types, 'multipart/form-data']) {
        const { headers, ...attack } = proved(body({ id: `as ${type}`, text: 'hello' }), secret);
        const { status } = await attacked.ask({ ...attack, headers: { ...headers, 'content-type': type } });
        assert.equal(status, 200, type);
      }
      assert.equal((await kept()).match(/"dedupe":"[0-9a-f]{32}"/g)?.length, 2 + 5);
    });

    it('that cannot be read are set aside in the store, and the log has no word of them', async () => {
      const words = `call me at ${customer}`;
      const attack = proved(channel.unreadable(channel.business, words), secret);
      assert.equal((await attacked.ask(attack)).status, 200);
      assert.ok((await attacked.contents()).includes(words));
      assert.match(attacked.logged(), /"rejected":1/);
      assert.ok(!attacked.logged().includes(words));
    });
  });
}
