import assert from 'node:assert/strict';
import { createAcsChannel } from '../../../../middleware/channels/acs/acsChannel.ts';
import type { AcsChannelOptions } from '../../../../middleware/channels/acs/options.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import type { WebhookChannel } from '../../../../middleware/ports.ts';
import { type AcsStandIn, type AcsStandInOptions, startAcsStandIn } from '../../../support/acsStandIn.ts';
import { nobody, type StandIn, serveHttp } from '../../../support/standIn.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const address = { channel: 'acs', business, customer: '14255551234' } as const;
const accessKey = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const correlation = 'c0ffee00-0000-4000-8000-000000000001';
const minuteMs = 60_000;
const soon = () => AbortSignal.timeout(5000);

const connect = (connectionString: string, options: Partial<AcsChannelOptions> = {}) =>
  createAcsChannel({ connectionString, channelIds: [business], webhookSecrets: ['s'], ...options });
const say = (channel: WebhookChannel, createdAt?: number, signal = soon()) =>
  channel.send(
    { ...address, content: { type: 'text', text: 'hi' }, correlation, ...(createdAt && { createdAt }) },
    signal,
  );
const read = (channel: WebhookChannel, messageId: string, repeatId = correlation) =>
  channel.markRead({ ...address, messageId, typing: false, repeatId }, soon());
const faultOf = async (call: Promise<unknown>): Promise<ProviderError> => {
  const error = await call.then(
    () => assert.fail('the call succeeded'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ProviderError, String(error));
  return error;
};

describe('the calls of ACS', () => {
  let acs: AcsStandIn;
  let channel: WebhookChannel;
  async function start(options: Partial<AcsStandInOptions & AcsChannelOptions> = {}) {
    acs = await startAcsStandIn({ channelIds: [business], ...options });
    channel = connect(acs.connectionString, options);
  }
  afterEach(async () => {
    await channel.close();
    await acs.close();
  });

  const times = () => acs.calls.map(({ headers }) => headers['repeatability-first-sent']);
  const ids = () => acs.calls.map(({ headers }) => headers['repeatability-request-id']);

  it('name themselves and their first time, and never show the key', async () => {
    await start();
    const createdAt = Date.now() - minuteMs;
    await say(channel, createdAt);
    await read(channel, acs.receive(), 'c0ffee00-0000-4000-8000-000000000002');
    assert.deepEqual(ids(), [correlation, 'c0ffee00-0000-4000-8000-000000000002']);
    assert.equal(times()[0], new Date(createdAt).toUTCString());
    assert.ok(Math.abs(Date.parse(String(times()[1])) - Date.now()) < 5000);
    for (const { headers } of acs.calls) assert.ok(!JSON.stringify(headers).includes(acs.accessKey));
  });

  it('send a message once, although the answer to the first try was lost', async () => {
    await start({ timeoutMs: 300 });
    acs.strike('lost');
    const createdAt = Date.now();
    const fault = await faultOf(say(channel, createdAt));
    assert.deepEqual([fault.providerCode, fault.ambiguous], ['timeout', true]);
    const { providerId } = await say(channel, createdAt);
    assert.deepEqual([...acs.sent.keys()], [providerId]);
    assert.equal(acs.calls.length, 2);
  });

  it('take a receipt once, although the answer to the first try was lost', async () => {
    await start({ timeoutMs: 300 });
    acs.strike('lost');
    const messageId = acs.receive();
    await faultOf(read(channel, messageId));
    await read(channel, messageId);
    assert.deepEqual(acs.receipts, [{ channelRegistrationId: business, messageId }]);
    assert.equal(new Set(times()).size, 1);
  });

  it('use the configured version for receipts, and the SDK’s own for messages', async () => {
    await start({ receiptsApiVersion: '2026-01-01-preview' });
    await say(channel);
    // The stand-in has no such version yet.
    assert.equal((await faultOf(read(channel, acs.receive()))).fault, 'permanent');
    assert.deepEqual(
      acs.calls.map(({ path }) => path),
      [
        '/messages/notifications:send?api-version=2024-08-30',
        '/messages/readreceipts:send?api-version=2026-01-01-preview',
      ],
    );
  });

  it('are not repeated by the SDK, whatever Retry-After says', async () => {
    await start();
    for (const fault of ['rate', 'server', 'drop'] as const) {
      acs.strike(fault);
      await faultOf(say(channel));
    }
    assert.equal(acs.calls.length, 3);
  });

  it('say that the connection broke, and that the service may have acted', async () => {
    await start();
    acs.strike('drop');
    const fault = await faultOf(say(channel));
    assert.deepEqual([fault.providerCode, fault.providerWide, fault.ambiguous], ['network', true, true]);
  });
});

describe('the answers of ACS', () => {
  let server: StandIn;
  let channel: WebhookChannel;
  let seen: string[];
  async function serve(status: number, headers: Record<string, string>, body = '') {
    seen = [];
    server = await serveHttp((request, response) => {
      seen.push(String(request.url));
      response.writeHead(status, headers);
      response.end(body);
    });
    channel = connect(`endpoint=${server.origin};accessKey=${accessKey}`);
  }
  afterEach(async () => {
    await channel.close();
    await server.close();
  });

  const json = { 'content-type': 'application/json' };
  for (const body of [
    '',
    '{',
    'null',
    '{}',
    '{"receipts":[]}',
    '{"receipts":[{"to":"1"}]}',
    '{"receipts":[{"messageId":""}]}',
  ]) {
    it(`are not believed where they do not name a message: ${body || 'nothing'}`, async () => {
      await serve(202, json, body);
      const fault = await faultOf(say(channel));
      assert.deepEqual([fault.providerCode, fault.ambiguous], ['unreadable_answer', true]);
    });
  }
  it('may be any 2xx: a receipt that was taken is not made again', async () => {
    await serve(200, {});
    await read(channel, 'm');
    assert.equal(seen.length, 1);
  });
  it('may reject a repeat with any status', async () => {
    await serve(412, { ...json, 'repeatability-result': 'rejected' }, '{"error":{"code":"x","message":"x"}}');
    assert.equal((await faultOf(say(channel))).providerCode, 'repeatability_rejected');
    assert.equal(seen.length, 2);
  });
  it('do not lead elsewhere', async () => {
    await serve(307, { location: '/elsewhere' });
    const fault = await faultOf(say(channel));
    assert.deepEqual([fault.fault, fault.providerCode], ['permanent', 'http_307']);
    assert.equal(seen.length, 1);
  });
  it('may be missing, because nobody is there', async () => {
    await serve(202, json);
    const dead = connect(`endpoint=${await nobody()};accessKey=${accessKey}`);
    const fault = await faultOf(say(dead));
    assert.deepEqual([fault.fault, fault.providerCode, fault.ambiguous], ['transient', 'network', false]);
    await dead.close();
  });
});
