import assert from 'node:assert/strict';
import sinon from 'sinon';
import { createAcsChannel } from '../../../../middleware/channels/acs/acsChannel.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import type { SendCall, WebhookChannel } from '../../../../middleware/ports.ts';
import { type AcsStandIn, startAcsStandIn } from '../../../support/acsStandIn.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const address = { channel: 'acs', business, customer: '14255551234' } as const;
const correlation = 'c0ffee00-0000-4000-8000-000000000001';
const minuteMs = 60_000;
const soon = () => AbortSignal.timeout(5000);

describe('the repeats of calls to ACS', () => {
  let acs: AcsStandIn;
  let channel: WebhookChannel;
  let time: sinon.SinonFakeTimers;
  const connect = () =>
    createAcsChannel({
      connectionString: acs.connectionString,
      channelIds: [business],
      webhookSecrets: ['s'],
      timeoutMs: 300,
    });
  beforeEach(async () => {
    time = sinon.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    acs = await startAcsStandIn({ channelIds: [business] });
    channel = connect();
  });
  afterEach(async () => {
    time.restore();
    await channel.close();
    await acs.close();
  });

  const restart = async () => {
    await channel.close();
    channel = connect();
  };
  const say = (createdAt: number, more: Partial<SendCall> = {}) =>
    channel.send(
      { ...address, content: { type: 'text', text: 'hi' }, correlation, createdAt, ...more },
      soon(),
    );
  const read = (messageId: string) =>
    channel.markRead({ ...address, messageId, typing: false, repeatId: correlation }, soon());
  const faultOf = async (call: Promise<unknown>): Promise<ProviderError> => {
    const error = await call.then(
      () => assert.fail('the call succeeded'),
      (error: unknown) => error,
    );
    assert.ok(error instanceof ProviderError, String(error));
    return error;
  };
  const header = (name: string) => acs.calls.map(({ headers }) => headers[`repeatability-${name}`]);
  const nowText = () => new Date().toUTCString();

  it('of a receipt begin anew under a fresh id where the first time is forgotten: after a restart', async () => {
    const messageId = acs.receive();
    acs.strike('lost');
    assert.equal((await faultOf(read(messageId))).providerCode, 'timeout');
    await restart();
    time.tick(2000);
    await read(messageId);
    assert.deepEqual(
      header('request-id').map(id => id === correlation),
      [true, true, false],
    );
    assert.equal(header('first-sent')[2], nowText());
    assert.equal(acs.receipts.length, 2);
  });

  it('of a receipt begin anew where the service has forgotten it', async () => {
    const messageId = acs.receive();
    acs.strike('lost');
    await faultOf(read(messageId));
    time.tick(11 * minuteMs);
    await read(messageId);
    assert.equal(acs.calls.length, 3);
  });

  it('of a message that cannot be there begin anew, under its id', async () => {
    const { providerId } = await say(Date.now() - 60 * minuteMs);
    assert.deepEqual([...acs.sent.keys()], [providerId]);
    assert.deepEqual(header('request-id'), [correlation, correlation]);
    assert.equal(header('first-sent')[1], nowText());
  });

  it('of a message that may be there do not begin anew: its answer lost, then beyond the range', async () => {
    acs.strike('lost');
    const createdAt = Date.now();
    assert.equal((await faultOf(say(createdAt))).ambiguous, true);
    time.tick(11 * minuteMs);
    await restart();
    const fault = await faultOf(say(createdAt, { interrupted: true }));
    assert.deepEqual(
      [fault.providerCode, fault.is, fault.ambiguous, fault.retryable],
      ['repeatability_expired', 'unanswered', true, false],
    );
    assert.equal(acs.calls.length, 2);
    assert.equal(acs.sent.size, 1);
  });

  it('of a message that may be there are answered as before, within the range', async () => {
    acs.strike('lost');
    const createdAt = Date.now();
    await faultOf(say(createdAt));
    time.tick(9 * minuteMs);
    await restart();
    const { providerId } = await say(createdAt, { interrupted: true });
    assert.deepEqual([...acs.sent.keys()], [providerId]);
  });

  it('are given up where the service rejects them again', async () => {
    await say(Date.now() - 2 * minuteMs);
    const fault = await faultOf(say(Date.now() - 5 * minuteMs));
    assert.deepEqual([fault.providerCode, fault.retries], ['repeatability_rejected', 1]);
    assert.equal(acs.sent.size, 1);
  });

  it('are known to the stand-in for as long as it says, and no longer', async () => {
    const createdAt = Date.now();
    await say(createdAt);
    time.tick(11 * minuteMs);
    await say(Date.now());
    assert.equal(acs.sent.size, 2);
    assert.equal(acs.calls.length, 2);
  });
});
