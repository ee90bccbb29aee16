import assert from 'node:assert/strict';
import {
  createDirectLineClient,
  type DirectLineClient,
  type Grant,
} from '../../../bot/copilot/relay/directLineClient.ts';
import { isOver, mayHaveArrived } from '../../../bot/copilot/relay/directLineFaults.ts';
import { ProviderError } from '../../../middleware/errors.ts';
import type { Answer, Silence } from '../../support/callServer.ts';
import { type DirectLineStandIn, startDirectLineStandIn } from '../../support/directLineStandIn.ts';

const { signal } = new AbortController();

describe('the client of Direct Line', () => {
  let server: DirectLineStandIn;
  let client: DirectLineClient;
  let now: number;

  beforeEach(async () => {
    server = await startDirectLineStandIn();
    now = 1_000_000;
    client = createDirectLineClient({ ...server, clock: { now: () => now } });
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  /** What a call fails with. */
  const failure = async (call: Promise<unknown>): Promise<ProviderError> => {
    const error = await call.then(
      () => assert.fail('it did not fail'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ProviderError, String(error));
    return error;
  };

  it('takes a token, with the query of its address, and starts the conversation that it is for', async () => {
    const grant = await client.start(signal);
    assert.deepEqual(grant, {
      conversationId: [...server.conversations.keys()][0],
      token: server.tokens[1],
      refreshAt: now + 1_800_000,
      endsAt: now + 3_600_000,
    });
    const [token, start] = server.calls;
    assert.equal(token?.method, 'GET');
    assert.match(String(token?.path), /\/directline\/token\?api-version=2022-03-01-preview$/);
    assert.equal(start?.headers.authorization, `Bearer ${server.tokens[0]}`);
  });

  it('keeps the first token where the start tells no other', async () => {
    server.fail('start', { status: 201, body: { conversationId: 'abc' } });
    const grant = await client.start(signal);
    assert.deepEqual([grant.conversationId, grant.token], ['abc', server.tokens[0]]);
    assert.equal(grant.endsAt, now + 3_600_000);
  });

  it('posts, and reads on from a watermark', async () => {
    const grant = await client.start(signal);
    const id = await client.post(grant, { type: 'message', from: { id: 'me' }, text: 'hello' }, signal);
    const first = await client.read(grant, undefined, signal);
    assert.deepEqual(
      first.activities.map(({ text, replyToId }) => [text, replyToId]),
      [
        ['hello', undefined],
        ['You said: hello', id],
      ],
    );
    assert.deepEqual(await client.read(grant, first.watermark, signal), {
      activities: [],
      watermark: first.watermark,
    });
  });

  it('refreshes a token for the same conversation', async () => {
    const grant = await client.start(signal);
    now += 2_000_000;
    const refreshed = await client.refresh(grant, signal);
    assert.equal(refreshed.conversationId, grant.conversationId);
    assert.notEqual(refreshed.token, grant.token);
    assert.equal(refreshed.endsAt, now + 3_600_000);
  });

  it('takes the shortest life that is known where none is told', async () => {
    server.expiresIn = Number.NaN;
    assert.equal((await client.start(signal)).endsAt, now + 1_800_000);
  });

  const faults: readonly [string, Answer | Silence, Partial<ProviderError>, over: boolean, there: boolean][] =
    [
      [
        'a token that has ended',
        { status: 403, body: { error: { code: 'TokenExpired', message: 'secret words' } } },
        { providerCode: 'TokenExpired', fault: 'auth' },
        true,
        false,
      ],
      ['an unknown conversation', { status: 404, body: '' }, { providerCode: 'http_404' }, true, false],
      [
        'an agent that failed',
        { status: 502, body: { error: { code: 'BotRejectedActivity' } } },
        { providerCode: 'BotRejectedActivity', fault: 'transient' },
        false,
        true,
      ],
      [
        'too many calls',
        { status: 429, headers: { 'retry-after': '7' }, body: '' },
        { fault: 'rate', retryAfterMs: 7000 },
        false,
        false,
      ],
      [
        'a malformed call, with a code that is none',
        { status: 400, body: { error: { code: '4915550001111 wrote this' } } },
        { providerCode: 'http_400', fault: 'permanent' },
        false,
        false,
      ],
      ['a lost answer', 'drop', { providerCode: 'network' }, false, true],
    ];
  for (const [what, how, wanted, over, there] of faults) {
    it(`tells ${what} from other failures`, async () => {
      const grant = await client.start(signal);
      server.fail('post', how);
      const error = await failure(client.post(grant, { type: 'message' }, signal));
      for (const [name, value] of Object.entries(wanted))
        assert.equal(error[name as keyof ProviderError], value);
      assert.deepEqual([isOver(error), mayHaveArrived(error)], [over, there]);
      assert.ok(!error.message.includes('secret words'));
    });
  }

  it('does not take what is no token, and no list of activities', async () => {
    for (const token of [undefined, '', 'two\r\nlines', 17]) {
      server.fail('token', { status: 200, body: { token } });
      assert.equal((await failure(client.start(signal))).providerCode, 'unreadable_answer');
    }
    const grant: Grant = await client.start(signal);
    server.fail('read', { status: 200, body: '<html>' });
    assert.equal((await failure(client.read(grant, undefined, signal))).providerCode, 'unreadable_answer');
  });

  it('sends no token over plain http to another machine', () => {
    const remote = 'http://directline.example/v3/directline';
    assert.throws(
      () => createDirectLineClient({ ...server, directLineUrl: remote }),
      /DIRECT_LINE_URL must be https/,
    );
    assert.throws(
      () => createDirectLineClient({ ...server, tokenUrl: remote }),
      /DIRECT_LINE_TOKEN_URL must be https/,
    );
  });
});
