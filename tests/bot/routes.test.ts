import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';
import { type ErrorCode, errorStatus } from '../../middleware/errors.ts';

const silent = pino({ level: 'silent' });

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly body: unknown;
}

describe('the routes', () => {
  let folder: string;
  let host: Host;
  let key: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bluetick-routes-'));
    host = await startHost(readConfig({ PORT: '0', BLUETICK_DATA: folder }), silent);
    key = String(host.madeUpKey);
  });
  after(async () => {
    await host.close();
    await rm(folder, { recursive: true });
  });

  /** Asks the host; every answer is JSON. */
  async function ask(method: string, path: string, options: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${host.url}${path}`, { method, ...options });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text, body: text === '' ? undefined : JSON.parse(text) };
  }
  const bearer = () => ({ authorization: `Bearer ${key}` });
  const explain = (body: unknown, headers: Record<string, string> = bearer()) =>
    ask('POST', '/api/v1/policies/explain', {
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  /** An error has one form, a code that belongs to its status, and nothing of our insides. */
  function assertError(answer: Answer, code: ErrorCode, field?: string): string {
    assert.equal(answer.status, errorStatus[code], answer.text);
    assert.match(answer.type, /^application\/json/);
    const { error } = answer.body as { error: Record<string, string> };
    assert.deepEqual(Object.keys(answer.body as object), ['error']);
    assert.deepEqual(
      Object.keys(error).filter(name => name !== 'field'),
      ['code', 'message'],
    );
    assert.equal(error.code, code);
    // The body as a whole is at fault where no field is.
    assert.equal(error.field || undefined, field);
    assert.notEqual(error.message, '');
    assert.doesNotMatch(answer.text, /\bat .*:\d+|node_modules|\/work\/|\.ts\b/);
    return String(error.message);
  }

  describe('of operations', () => {
    it('say that the process lives, to everybody', async () => {
      const { status, body } = await ask('GET', '/healthz');
      assert.deepEqual([status, body], [200, { status: 'ok' }]);
    });

    it('say that what is sent can be kept', async () => {
      const { status, body } = await ask('GET', '/readyz');
      assert.deepEqual([status, body], [200, { status: 'ok', store: 'ok' }]);
    });

    it('say it where it can be kept no more, while the process lives on', async () => {
      const other = await mkdtemp(join(tmpdir(), 'bluetick-routes-'));
      const failing = await startHost(readConfig({ PORT: '0', BLUETICK_DATA: other }), silent);
      try {
        await failing.app.store.close();
        const ready = await fetch(`${failing.url}/readyz`);
        assert.deepEqual(
          [ready.status, await ready.json()],
          [503, { status: 'unavailable', store: 'unavailable' }],
        );
        assert.equal((await fetch(`${failing.url}/healthz`)).status, 200);
      } finally {
        await failing.close();
        await rm(other, { recursive: true });
      }
    });
  });

  describe('of the API', () => {
    const guarded: readonly [method: string, path: string, body?: string][] = [
      ['GET', '/api/v1/capabilities'],
      ['POST', '/api/v1/policies/explain', '{"channel":"simulator","text":"hi"}'],
    ];
    for (const [method, path, body] of guarded) {
      describe(`${method} ${path}`, () => {
        const askWith = (headers: Record<string, string>) =>
          ask(method, path, { headers, ...(body !== undefined && { body }) });

        it('lets the key pass as Bearer, in any case of the word, and as x-api-key', async () => {
          const accepted: readonly Record<string, string>[] = [
            { authorization: `Bearer ${key}` },
            { authorization: `bearer ${key}` },
            { 'x-api-key': key },
          ];
          for (const headers of accepted) assert.equal((await askWith(headers)).status, 200);
        });

        it('refuses everything else in the same words, without a hint', async () => {
          const refused: readonly Record<string, string>[] = [
            {},
            { authorization: '' },
            { authorization: 'Bearer ' },
            { authorization: `Bearer ${key}x` },
            { authorization: `Bearer ${key.slice(0, -1)}` },
            { authorization: `Basic ${key}` },
            { authorization: key },
            { authorization: 'Bearer undefined' },
            { 'x-api-key': '' },
            { 'x-api-key': 'undefined' },
            { 'x-api-key': `${key}${key}` },
          ];
          const messages = new Set<string>();
          for (const headers of refused) messages.add(assertError(await askWith(headers), 'unauthorized'));
          assert.deepEqual(
            [...messages],
            ['Send the key as "Authorization: Bearer <key>" or "x-api-key: <key>"'],
          );
        });

        it('takes no key from the address', async () => {
          const answer = await ask(
            method,
            `${path}?key=${key}&code=${key}`,
            body === undefined ? {} : { body },
          );
          assertError(answer, 'unauthorized');
        });
      });
    }

    it('checks the key before it looks at the body', async () => {
      assertError(await explain('not json', {}), 'unauthorized');
    });

    it('tells what each channel that is on can do', async () => {
      const { body } = await ask('GET', '/api/v1/capabilities', { headers: bearer() });
      const { items } = body as { items: Record<string, unknown>[] };
      assert.deepEqual(
        items.map(({ channel, read, typing, coversEarlier }) => ({ channel, read, typing, coversEarlier })),
        ['simulator', 'emulator'].map(channel => ({
          channel,
          read: 'call',
          typing: 'impliesRead',
          coversEarlier: 'documented',
        })),
      );
    });

    it('explains what a customer would see', async () => {
      const policy = { read: { delay: { minMs: 700 } }, reply: { delay: { perCharacterMs: 10 } } };
      const { status, body } = await explain({ channel: 'simulator', text: 'Hi', reply: '12345', policy });
      assert.equal(status, 200);
      const { timeline } = body as { timeline: { at: number; what: string; because: string }[] };
      assert.deepEqual(
        timeline.map(({ at, what }) => `${what}@${at}`).filter(entry => /^(read|reply)/.test(entry)),
        ['read@700', 'reply@750'],
      );
      assert.ok(timeline.every(({ because }) => because !== ''));
    });

    it('explains what a human agent changes', async () => {
      const asked = { channel: 'simulator', text: 'Hi' };
      const waiting = await explain({ ...asked, holder: 'queue' });
      const opened = await explain({ ...asked, holder: 'agent', moment: 'agentOpened' });
      const whats = ({ body }: Answer) =>
        (body as { timeline: { what: string }[] }).timeline.map(({ what }) => what);
      assert.ok(whats(waiting).includes('held'));
      assert.ok(whats(opened).includes('read'));
    });

    const asked = { channel: 'simulator', text: 'Hi' };
    const invalid: readonly [what: string, body: unknown, code: ErrorCode, field: string | undefined][] = [
      ['something that is not JSON', '{"channel":', 'invalid_request', undefined],
      ['no body', '', 'invalid_request', undefined],
      ['a list', [], 'invalid_request', undefined],
      ['null', 'null', 'invalid_request', undefined],
      ['no channel', { text: 'Hi' }, 'invalid_request', 'channel'],
      ['a channel that is no text', { ...asked, channel: 1 }, 'invalid_request', 'channel'],
      ['a channel that is not on', { ...asked, channel: 'meta' }, 'invalid_request', 'channel'],
      ['no text', { channel: 'simulator' }, 'invalid_request', 'text'],
      ['a text of another type', { ...asked, text: { a: 1 } }, 'invalid_request', 'text'],
      ['a text that is far too long', { ...asked, text: 'x'.repeat(65_537) }, 'invalid_request', 'text'],
      ['a reply that is far too long', { ...asked, reply: 'x'.repeat(65_537) }, 'invalid_request', 'reply'],
      ['a business that is no text', { ...asked, business: 7 }, 'invalid_request', 'business'],
      ['an unknown holder', { ...asked, holder: 'manager' }, 'invalid_request', 'holder'],
      ['an unknown moment', { ...asked, moment: 'later' }, 'invalid_request', 'moment'],
      ['a policy that is no object', { ...asked, policy: 'fast' }, 'invalid_policy', 'policy'],
      ['an unknown field of a policy', { ...asked, policy: { red: {} } }, 'invalid_policy', 'policy.red'],
      [
        'an unknown field deep in a policy',
        { ...asked, policy: { read: { delay: { min: 1 } } } },
        'invalid_policy',
        'policy.read.delay.min',
      ],
      [
        'a negative delay',
        { ...asked, policy: { read: { delay: { minMs: -1 } } } },
        'invalid_policy',
        'policy.read.delay.minMs',
      ],
      [
        'an empty range',
        { ...asked, policy: { reply: { delay: { minMs: 2, maxMs: 1 } } } },
        'invalid_policy',
        'policy.reply.delay.minMs',
      ],
      [
        'what the channel cannot do',
        { ...asked, policy: { read: { when: 'never' }, typing: { show: true } } },
        'invalid_policy',
        'policy.typing.show',
      ],
      [
        'a keep-alive that is too short for the channel',
        { ...asked, policy: { typing: { keepAliveMs: 5000 } } },
        'invalid_policy',
        'policy.typing.keepAliveMs',
      ],
    ];
    for (const [what, body, code, field] of invalid) {
      it(`refuses to explain ${what}, and says where it is wrong`, async () => {
        const message = assertError(await explain(body), code, field);
        assert.ok(message.replace('The body', 'body').startsWith(field ?? 'body'), message);
      });
    }

    it('names a field that it does not know', async () => {
      const message = assertError(await explain({ ...asked, txet: 'Hi' }), 'invalid_request', 'txet');
      assert.equal(message, 'txet: unknown field');
    });

    it('refuses a body that is too large before it has all of it', async () => {
      assertError(await explain({ ...asked, text: 'x'.repeat(300_000) }), 'too_large');
    });

    it('refuses a body that is too large also where its length is not announced', async () => {
      const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
        const headers = { ...bearer(), 'transfer-encoding': 'chunked' };
        const sent = httpRequest(`${host.url}/api/v1/policies/explain`, { method: 'POST', headers });
        sent.on('error', reject);
        sent.on('response', response => {
          readText(response).then(
            body => resolve({ status: Number(response.statusCode), text: body }),
            reject,
          );
        });
        for (let chunk = 0; chunk < 10; chunk += 1) sent.write('x'.repeat(30_000));
        sent.end();
      });
      assert.equal(status, 413, text);
      assert.equal(JSON.parse(text).error.code, 'too_large');
    });
  });

  describe('that there are not', () => {
    const unknown: readonly [method: string, path: string][] = [
      ['GET', '/nothing'],
      ['GET', '/api'],
      ['GET', '/api/v1/policies/nothing'],
      ['GET', '/api/v1/nothing'],
      ['POST', '/webhooks/meta'],
      ['GET', '/pictures/'],
      ['GET', '/pictures/other.png'],
      ['GET', '/pictures/..%2f..%2fhost.ts'],
      ['GET', '/healthz/x'],
    ];
    for (const [method, path] of unknown) {
      it(`are answered in the same form: ${method} ${path}`, async () =>
        void assertError(await ask(method, path), 'unknown_route'));
    }

    const otherMethods: readonly [method: string, path: string][] = [
      ['POST', '/healthz'],
      ['DELETE', '/readyz'],
      ['PUT', '/api/v1/capabilities'],
      ['GET', '/api/v1/policies/explain'],
      ['PUT', '/webhooks/simulator'],
    ];
    for (const [method, path] of otherMethods) {
      it(`are answered in the same form: ${method} ${path}, which has other methods`, async () => {
        const answer = await ask(method, path);
        assert.ok([404, 405].includes(answer.status), answer.text);
        const { error } = answer.body as { error: Record<string, string> };
        assert.deepEqual(Object.keys(error), ['code', 'message']);
        assert.equal(error.code, 'unknown_route');
      });
    }

    it('do not bring the host down, whatever the address', async () => {
      for (const path of [
        '/%',
        '/%E0%A4%A',
        '/api/v1/../../etc/passwd',
        `/${'a'.repeat(8000)}`,
        '//',
        '/nothing?%',
      ]) {
        const { status, text } = await rawGet(path);
        assert.ok(status >= 400 && status < 500, `${path.slice(0, 40)}: ${status}`);
        assert.doesNotMatch(text, /node_modules|\/work\//);
      }
      assert.equal((await ask('GET', '/healthz')).status, 200);
    });
  });

  /** Asks for a path exactly as it is written, which `fetch` would tidy up. */
  function rawGet(path: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest({ port: host.port, host: '127.0.0.1', path, agent: false }, response => {
        readText(response).then(body => resolve({ status: Number(response.statusCode), text: body }), reject);
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  describe('of webhooks', () => {
    it('refuse what is not signed, and say no more than that', async () => {
      const unsigned = await ask('POST', '/webhooks/simulator', { body: '{}' });
      assertError(unsigned, 'unauthorized');
      const wrong = await ask('POST', '/webhooks/simulator', {
        body: '{}',
        headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      });
      assert.equal(wrong.text, unsigned.text);
    });

    it('answer no challenge without the verify token', async () => {
      const answer = await ask(
        'GET',
        '/webhooks/simulator?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x',
      );
      assertError(answer, 'forbidden');
      assert.doesNotMatch(answer.text, /"1"/);
    });

    it('refuse an address that is too long', async () => {
      const path = `/webhooks/simulator?x=${'a'.repeat(5000)}`;
      assertError(await ask('GET', path), 'invalid_request');
      assertError(await ask('POST', path, { body: '{}' }), 'invalid_request');
    });
  });
});
