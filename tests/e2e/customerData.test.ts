import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createServer } from '../../bot/server.ts';
import { type ApiHost, startApiHost } from '../support/apiHost.ts';
import { testDatabase } from '../support/postgres.ts';

const anna = '4915550008101';
const ben = '4915550008102';

const stores = {
  'the embedded store': async () => ({}),
  PostgreSQL: async () => ({ DATABASE_URL: await testDatabase() }),
};

for (const [name, settings] of Object.entries(stores)) {
  describe(`a customer's data over the API, on ${name}`, () => {
    let api: ApiHost;
    let conversation: string;
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'bluetick-erasure-'));
      api = await startApiHost({ ...(await settings()), BLUETICK_DATA: folder });
      conversation = await api.conversationWith(api.simulator.phone(anna));
      await api.conversationWith(api.simulator.phone(ben));
    });
    after(async () => {
      await api.close();
      await rm(folder, { recursive: true, force: true });
    });
    const ask = (what: string, customer: unknown) => api.call('POST', `/customers/${what}`, { customer });

    it('is handed out as one document', async () => {
      const { status, body } = await ask('export', `+${anna}`);
      assert.equal(status, 200);
      assert.deepEqual([body.customer, body.conversations, body.complete], [anna, [conversation], true]);
      const text = JSON.stringify(body);
      assert.ok(text.includes('"text":"hello"') && !text.includes(ben));
    });

    it('is erased, with a proof that names nobody; what is written later is new', async () => {
      const { status, body: proof } = await ask('erasure', anna);
      assert.equal(status, 200, JSON.stringify(proof));
      assert.deepEqual([proof.act, proof.conversations, proof.via], ['erasure', [conversation], 'key']);
      assert.match(proof.id, /^p_[0-9a-f]{64}$/);
      assert.ok(proof.counts.inbound > 0 && proof.counts.outbound > 0);
      const { body: acts } = await api.call('GET', '/customers/acts?limit=1');
      assert.deepEqual(acts.items, [proof]);
      assert.ok(!JSON.stringify([proof, acts]).includes(anna));
      assert.equal((await api.call('GET', `/conversations/${conversation}`)).status, 404);
      const sent = await api.call('POST', `/conversations/${conversation}/messages`, { text: 'late' });
      assert.equal(sent.status, 404);
      assert.deepEqual((await ask('export', anna)).body.items, []);
      assert.equal((await ask('export', ben)).body.items.length > 0, true);
      const { items } = (await api.call('GET', '/conversations')).body;
      assert.equal(items.length, 1);
      const fresh = await api.conversationWith(api.simulator.phone(anna));
      assert.notEqual(fresh, conversation);
    });

    it('leaves nothing in the files of the host', async () => {
      await ask('erasure', anna);
      const store = ['', '-wal'].map(ending => join(folder, `bluetick.sqlite${ending}`)).filter(existsSync);
      const bytes = Buffer.concat(store.map(path => readFileSync(path)));
      for (const shift of [0, 1, 2]) {
        const encoded = Buffer.from('\0'.repeat(shift) + anna)
          .toString('base64')
          .slice(shift === 0 ? 0 : 4, -4);
        assert.ok(!bytes.includes(encoded), `base64, shifted by ${shift}`);
      }
      assert.ok(!bytes.includes(anna));
    });

    it('is not erased while requests wait that the store has not seen', async () => {
      const waiting = { ...api.host.app, twilio: { waits: true } as never };
      const server = createServer(waiting, () => [api.key], pino({ level: 'silent' }));
      try {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const { port } = server.address() as AddressInfo;
        const asked = await fetch(`http://127.0.0.1:${port}/api/v1/customers/erasure`, {
          method: 'POST',
          headers: { 'x-api-key': api.key },
          body: JSON.stringify({ customer: anna }),
        });
        assert.equal(asked.status, 503);
      } finally {
        server.close();
        server.server.closeAllConnections();
      }
    });

    it('is asked for by a number or a user id, and by nothing else', async () => {
      for (const customer of [undefined, 5, '', '12', 'x'.repeat(129), [anna]])
        for (const what of ['erasure', 'export']) {
          const { status, body } = await ask(what, customer);
          assert.deepEqual([status, body.error.field], [400, 'customer'], `${what} ${customer}`);
        }
      assert.equal((await api.call('GET', '/customers/acts?after=m1')).status, 400);
      const { body: nobody } = await ask('erasure', '4900000000000');
      assert.deepEqual([nobody.conversations, nobody.counts], [[], {}]);
    });
  });
}
