import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';
import type { Phone } from '../../bot/simulator/phone.ts';

const key = 'a-key-for-the-tests-0123456789';

describe('settings, over the API', function () {
  this.timeout(20_000);
  let folder: string;
  let host: Host;

  const start = async () => {
    const config = readConfig({ PORT: '0', BLUETICK_DATA: folder, BLUETICK_API_KEY: key });
    const policyBook = {
      default: { read: { delay: { minMs: 1 } } },
      workstreams: { vip: { policy: { read: { when: 'manual' } } } },
    };
    host = await startHost({ ...config, policyBook }, pino({ level: 'silent' }));
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-policies-'));
    await start();
  });
  afterEach(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  const call = async (method: string, scope: string, body?: unknown, apiKey = key) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const options = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${host.url}/api/v1/policies/${scope}`, options);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const phone = (number = '4915550001111'): Phone => {
    const { simulator } = host.app;
    assert.ok(simulator !== undefined);
    return simulator.phone(number);
  };
  const answered = (customer: Phone, count = 1) =>
    host.app.simulator?.waitFor(
      () => customer.messages.filter(({ from }) => from === 'business').length >= count,
    );

  it('tells what a scope says, and where from', async () => {
    assert.deepEqual((await call('GET', 'default')).body, {
      document: { read: { delay: { minMs: 1 } } },
      source: 'file',
    });
    assert.deepEqual((await call('GET', 'workstream/vip')).body, {
      document: { read: { when: 'manual' } },
      source: 'file',
    });
    assert.deepEqual((await call('GET', 'business/123')).body, { document: {}, source: 'none' });
  });

  it('obeys what is put from the next message on, also after a restart, and the file again after a delete', async () => {
    const document = { read: { when: 'never' } };
    const put = await call('PUT', 'channel/simulator', document);
    assert.deepEqual([put.status, put.body], [200, { document, source: 'stored' }]);
    const anna = phone();
    anna.say('hello');
    await answered(anna);
    assert.equal(anna.messages[0]?.tick, 'delivered');

    await host.close();
    await start();
    assert.deepEqual((await call('GET', 'channel/simulator')).body, { document, source: 'stored' });
    const ben = phone('4915550002222');
    ben.say('hello');
    await answered(ben);
    assert.equal(ben.messages[0]?.tick, 'delivered');

    assert.deepEqual((await call('DELETE', 'channel/simulator')).body, { document: {}, source: 'none' });
    ben.say('hello');
    await answered(ben, 2);
    assert.ok(ben.messages.some(({ from, tick }) => from === 'customer' && tick === 'read'));
  });

  it('keeps a conversation’s own settings with the conversation', async () => {
    const anna = phone();
    anna.say('hello');
    await answered(anna);
    const {
      items: [conversation],
    } = await host.app.store.listConversations({ limit: 1 });
    const scope = `conversation/${conversation?.id}`;
    assert.deepEqual((await call('GET', scope)).body, { document: {}, source: 'none' });
    const document = { read: { when: 'manual' } };
    assert.deepEqual((await call('PUT', scope, document)).body, { document, source: 'stored' });
    const { id } = anna.say('thanks');
    await answered(anna, 2);
    assert.equal(anna.messages.find(message => message.id === id)?.tick, 'delivered');
    assert.deepEqual((await call('DELETE', scope)).body, { document: {}, source: 'none' });
  });

  it('refuses what cannot be, names the field, and changes nothing', async () => {
    const refusals: [string, string, unknown, number, string, string?][] = [
      ['PUT', 'default', { read: { wen: 'accepted' } }, 400, 'invalid_policy', 'read.wen'],
      [
        'PUT',
        'default',
        { read: { delay: { maxMs: 0 } }, think: { delay: { minMs: 5, maxMs: 1 } } },
        400,
        'invalid_policy',
        'think.delay.minMs',
      ],
      [
        'PUT',
        'channel/simulator',
        { read: { when: 'never' }, typing: { show: true } },
        400,
        'invalid_policy',
        'typing.show',
      ],
      ['PUT', 'channel/telegram', {}, 400, 'invalid_request', 'scope'],
      ['GET', 'planet/earth', undefined, 400, 'invalid_request', 'scope'],
      ['PUT', 'conversation/c_nobody', {}, 404, 'unknown_conversation'],
    ];
    for (const [method, scope, body, status, code, field] of refusals) {
      const refused = await call(method, scope, body);
      const error = refused.body.error as { code: string; field?: string; message: string };
      assert.deepEqual([refused.status, error.code], [status, code], JSON.stringify(error));
      if (field !== undefined)
        assert.ok(String(error.field).endsWith(field), `${error.field}: ${error.message}`);
    }
    assert.equal((await call('GET', 'default')).body.source, 'file');
    assert.equal((await call('PUT', 'default', {}, 'wrong')).status, 401);
  });

  it('limits who asks too often, with or without a key', async () => {
    const statuses = new Set<number>();
    // On a slow machine the first hundreds may come no faster than is allowed.
    for (let round = 0; round < 20 && !statuses.has(429); round += 1) {
      const asked = Array.from({ length: 400 }, () => call('GET', 'default', undefined, 'guess'));
      for (const answer of await Promise.all(asked)) statuses.add(answer.status);
    }
    assert.deepEqual(statuses, new Set([401, 429]));
    const { status, body } = await call('GET', 'default', undefined, 'guess');
    if (status === 429) assert.equal((body.error as { code: string }).code, 'rate_limited');
    assert.equal((await fetch(`${host.url}/healthz`)).status, 200, 'the limit is the API’s own');
  });
});
