import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { pino } from 'pino';
import { readConfig } from '../../../bot/config.ts';
import { type Host, startHost } from '../../../bot/host.ts';
import { type ErrorCode, errorStatus } from '../../../middleware/errors.ts';
import { type Connector, startConnector } from '../../support/connector.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('POST /api/messages', () => {
  let folder: string;
  let host: Host;
  let connector: Connector;
  let logged: string;

  async function start(settings: NodeJS.ProcessEnv = {}): Promise<void> {
    const stream = {
      write(line: string) {
        logged += line;
      },
    };
    const config = readConfig({ PORT: '0', BLUETICK_DATA: folder, ...settings });
    host = await startHost(config, pino({ level: 'debug' }, stream));
  }
  beforeEach(async () => {
    logged = '';
    folder = await mkdtemp(join(tmpdir(), 'bluetick-connector-'));
    connector = await startConnector();
  });
  afterEach(async () => {
    await host.close();
    await connector.close();
    await rm(folder, { recursive: true });
  });

  /** Asks with headers as they are: `fetch` has its own mind about `Host`. */
  async function send(
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
    method = 'POST',
  ): Promise<Answer> {
    const options = { method, headers: { 'content-type': 'application/json', ...headers } };
    const request = httpRequest(`http://127.0.0.1:${host.port}/api/messages`, options);
    request.end(typeof body === 'string' ? body : JSON.stringify(body));
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await readText(response) };
  }
  const activity = (over: object = {}) => ({
    type: 'message',
    id: 'activity-1',
    timestamp: '2026-11-22T10:00:00.000Z',
    channelId: 'webchat',
    serviceUrl: connector.url,
    conversation: { id: 'conversation-1' },
    from: { id: 'user-1', role: 'user' },
    recipient: { id: 'bot-1', role: 'bot' },
    text: 'hello',
    ...over,
  });

  /** An error has the one form, nothing of our insides is told, and the bot has not run. */
  function assertRefused({ status, text }: Answer, code: ErrorCode, field?: string): void {
    assert.equal(status, errorStatus[code], text);
    const { error } = JSON.parse(text);
    assert.deepEqual(Object.keys(JSON.parse(text)), ['error']);
    assert.equal(error.code, code);
    assert.equal(error.field, field);
    assert.notEqual(error.message, '');
    assert.doesNotMatch(text, /\bat .*:\d+|node_modules|\/work\/|\.[jt]s\b/);
    assert.deepEqual(connector.received, []);
  }

  describe('without an app id', () => {
    beforeEach(() => start());

    it('sends what the bot answers to the connector, as a reply', async () => {
      assert.deepEqual(await send(activity()), { status: 200, text: '' });
      const [reply] = await connector.waitFor(1);
      assert.equal(reply?.path, '/v3/conversations/conversation-1/activities/activity-1');
      assert.match(String(reply?.activity.text), /^Hello!/);
      assert.deepEqual(reply?.activity.recipient, { id: 'user-1', role: 'user' });
      assert.equal(reply?.authorization, undefined);
    });

    it('answers in the body where the caller expects replies', async () => {
      for (const serviceUrl of [connector.url, undefined]) {
        const { status, text } = await send(activity({ deliveryMode: 'expectReplies', serviceUrl }));
        const { activities } = JSON.parse(text);
        assert.deepEqual([status, activities.length], [200, 1]);
        assert.match(activities[0].text, /^Hello!/);
      }
      assert.deepEqual(connector.received, []);
    });

    it('greets who joins, and not itself', async () => {
      const joins = (...ids: string[]) =>
        send(activity({ type: 'conversationUpdate', membersAdded: ids.map(id => ({ id })) }));
      assert.equal((await joins('bot-1')).status, 200);
      assert.deepEqual(connector.received, []);
      assert.equal((await joins('bot-1', 'user-1')).status, 200);
      assert.match(String((await connector.waitFor(1))[0]?.activity.text), /^Hello!/);
    });

    it('takes what the bot has nothing to say to', async () => {
      assert.deepEqual(await send(activity({ type: 'somethingElse' })), { status: 200, text: '' });
      assert.equal((await send(activity({ type: 'invoke', name: 'somethingElse' }))).status, 501);
      assert.deepEqual(connector.received, []);
    });

    it('says sorry where the bot fails, and logs neither message nor text', async () => {
      assert.equal((await send(activity({ text: { s3cret: 'words' } }))).status, 200);
      assert.match(String((await connector.waitFor(1))[0]?.activity.text), /^Sorry/);
      assert.match(logged, /The bot failed/);
      assert.doesNotMatch(logged, /s3cret|toLowerCase/);
    });

    it('answers 500 in the common form where the connector takes no reply', async () => {
      connector.status = 403;
      assertRefused(await send(activity()), 'internal');
    });

    const foreign: readonly Record<string, string>[] = [
      { host: 'bot.example.com' },
      { host: '127.0.0.1.example.com' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-host': 'localhost' },
      { forwarded: 'for=127.0.0.1' },
      { origin: 'https://example.com' },
    ];
    for (const headers of foreign) {
      it(`refuses ${JSON.stringify(headers)}`, async () =>
        assertRefused(await send(activity(), headers), 'forbidden'));
    }

    it('takes a Host of this machine by its other names', async () => {
      for (const name of ['localhost', `localhost:${host.port}`, '[::1]'])
        assert.equal((await send(activity(), { host: name })).status, 200);
    });

    const wrong: readonly [body: unknown, field?: string][] = [
      ['{'],
      [''],
      ['null'],
      ['"message"'],
      ['[]'],
      ['{}', 'type'],
      [{ type: 7 }, 'type'],
      [{ type: '' }, 'type'],
      [{ type: 'message' }, 'conversation'],
      [{ type: 'message', conversation: {} }, 'conversation.id'],
      [{ type: 'message', conversation: { id: 'c' } }, 'serviceUrl'],
      [{ type: 'message', conversation: { id: 'c' }, serviceUrl: 'file:///etc' }, 'serviceUrl'],
      [{ type: 'message', id: 7, conversation: { id: 'c' }, serviceUrl: 'http://localhost:1' }, 'id'],
    ];
    for (const [body, field] of wrong) {
      it(`refuses the body ${JSON.stringify(body)}`, async () =>
        assertRefused(await send(body), 'invalid_request', field));
    }

    it('refuses a body of more than 256 kB, and takes one of just that', async () => {
      const sized = (bytes: number) => {
        const body = activity({ text: '' });
        return { ...body, text: 'x'.repeat(bytes - JSON.stringify(body).length) };
      };
      assertRefused(await send(sized(256 * 1024 + 1)), 'too_large');
      assert.equal((await send(sized(256 * 1024))).status, 200);
    });

    it('is no route for another method', async () => {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const { status, text } = await send('', {}, method);
        assert.deepEqual([status, JSON.parse(text).error.code], [405, 'unknown_route']);
      }
    });
  });

  describe('without an app id and with a public address', () => {
    it('refuses this machine too: a proxy may stand before it', async () => {
      await start({ PUBLIC_URL: 'https://bot.example.com' });
      assertRefused(await send(activity()), 'forbidden');
    });

    it('serves this machine where the address is of this machine', async () => {
      await start({ PUBLIC_URL: 'http://localhost:3978' });
      assert.equal((await send(activity())).status, 200);
    });
  });

  describe('with an app id', () => {
    beforeEach(() =>
      start({
        MicrosoftAppId: '00000000-0000-0000-0000-000000000001',
        MicrosoftAppPassword: 'app-s3cret',
        PUBLIC_URL: 'https://bot.example.com',
      }),
    );
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokens = [
      undefined,
      '',
      'Bearer',
      'Bearer garbage',
      'Basic dXNlcjpwYXNz',
      `Bearer ${part({ alg: 'none' })}.${part(null)}.x`,
      `Bearer ${part({ alg: 'none' })}.${part({ iss: 'https://example.com' })}.`,
      `Bearer ${part({ alg: 'RS256' })}.${part({ iss: 'https://example.com', ver: '1.0' })}.x`,
    ];
    for (const authorization of tokens) {
      it(`refuses ${authorization === undefined ? 'no token' : JSON.stringify(authorization)}`, async () => {
        const headers = authorization === undefined ? undefined : { authorization };
        for (const over of [{}, { deliveryMode: 'expectReplies' }, { channelId: 'msteams' }])
          assertRefused(await send(activity(over), headers), 'unauthorized');
        assert.doesNotMatch(logged, /app-s3cret|garbage/);
      });
    }
  });

  it('is not there beside a bot that runs elsewhere', async () => {
    await start({ BLUETICK_MODE: 'sidecar' });
    assertRefused(await send(activity()), 'unknown_route');
  });
});
