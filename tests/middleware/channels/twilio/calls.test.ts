import assert from 'node:assert/strict';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import type { WebhookChannel } from '../../../../middleware/ports.ts';
import { startTwilioStandIn, type TwilioStandIn } from '../../../support/twilioStandIn.ts';
import { business, customer, fixture, options } from './samples.ts';

const address = { channel: 'twilio', business, customer } as const;
const hello = { ...address, content: { type: 'text', text: 'Hello' }, correlation: 'c1' } as const;
const signal = () => AbortSignal.timeout(5000);

/** The error that a call ends with. */
async function faultOf(call: Promise<unknown>): Promise<ProviderError> {
  const error = await call.then(
    () => assert.fail('the call succeeded'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ProviderError, String(error));
  return error;
}

describe('the calls to Twilio', () => {
  let twilio: TwilioStandIn;
  const open: WebhookChannel[] = [];
  beforeEach(async () => {
    twilio = await startTwilioStandIn();
  });
  afterEach(async () => {
    for (const channel of open.splice(0)) await channel.close();
    await twilio.close();
  });
  const connect = (over: object = {}) => {
    const { origin, accountSid, authToken } = twilio;
    const own = { accountSid, authTokens: [authToken], apiUrl: origin, messagingUrl: origin };
    const channel = createTwilioChannel({ ...options, ...own, ...over });
    open.push(channel);
    return channel;
  };
  const read = (channel: WebhookChannel, messageId: string, typing = true) =>
    channel.markRead({ ...address, messageId, typing, repeatId: 'r' }, signal());

  for (const messagingApi of ['v2', 'v3'] as const) {
    it(`show typing in ${messagingApi} byte by byte as documented`, async () => {
      const { path, type, body } = fixture<Record<'path' | 'type' | 'body', string>>(
        `typing-${messagingApi}`,
      );
      const messageId = 'SM1234567890abcdef1234567890abcdef';
      // It knows no such message: what is looked at is the request.
      await faultOf(read(connect({ messagingApi }), messageId));
      const [call] = twilio.calls;
      assert.deepEqual([call?.path, call?.headers['content-type']], [path, type]);
      assert.equal(Number(call?.headers['content-length']), body.length);
      const fields =
        type === 'application/json' ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
      assert.deepEqual(call?.body, fields);
    });
  }
  it('mark nothing read without typing: there is no such call', async () => {
    const fault = await faultOf(read(connect(), twilio.receive(), false));
    assert.deepEqual([fault.fault, fault.providerCode], ['permanent', 'no_silent_read']);
    assert.match(fault.message, /without showing typing/);
    assert.deepEqual(twilio.calls, []);
  });
  it('go by the first of several auth tokens', async () => {
    const channel = connect({ authTokens: [twilio.authToken, 'of-before'] });
    await read(channel, twilio.receive());
    await channel.send(hello, signal());
    const other = await faultOf(
      connect({ authTokens: ['of-before', twilio.authToken] }).send(hello, signal()),
    );
    assert.equal(other.fault, 'auth');
  });
  it('go under the paths of their addresses, where those have some', async () => {
    const channel = connect({ apiUrl: `${twilio.origin}/api/`, messagingUrl: `${twilio.origin}/messaging` });
    await faultOf(channel.send(hello, signal()));
    await faultOf(read(channel, twilio.receive()));
    assert.deepEqual(
      twilio.calls.map(({ path }) => path),
      [`/api/2010-04-01/Accounts/${twilio.accountSid}/Messages.json`, '/messaging/v2/Indicators/Typing.json'],
    );
  });

  describe('that come to nothing at once', () => {
    const codes: readonly [number, string, string][] = [
      [63016, 'window', '63016'],
      [63018, 'rate', '63018'],
      [63024, 'permanent', '63024'],
      [30007, 'permanent', 'failed'],
    ];
    for (const [code, fault, providerCode] of codes) {
      it(`mean what ${code} means in a status`, async () => {
        twilio.strike({ failedWith: code });
        const error = await faultOf(connect().send(hello, signal()));
        assert.deepEqual([error.fault, error.providerCode], [fault, providerCode]);
        assert.equal(error.code, code === 63016 ? 'window_closed' : 'provider_error');
      });
    }
  });

  it('tell what has become of a message, when they are asked', async () => {
    const channel = connect();
    const { providerId } = await channel.send(hello, signal());
    const ask = () => channel.fetchStatus?.({ ...address, providerId }, signal());
    assert.deepEqual(await ask(), []);
    const [message] = twilio.sent;
    assert.ok(message !== undefined);
    Object.assign(message, { status: 'undelivered', errorCode: 63024 });
    const [status] = (await ask()) ?? [];
    assert.deepEqual(
      [status?.providerId, status?.means, status?.business, status?.customer],
      [providerId, 'failed', business, customer],
    );
    assert.deepEqual(status?.failures, [{ code: '63024', detail: 'It failed.' }]);
    assert.deepEqual(
      twilio.calls.map(({ method }) => method),
      ['POST', 'GET', 'GET'],
    );
  });
  it('tell nothing of a message that Twilio does not know, nor leave their path for its id', async () => {
    const channel = connect();
    for (const providerId of ['SM404', '../../AC02/Messages/SM1', 'a?b=c']) {
      const fault = await faultOf(
        Promise.resolve(channel.fetchStatus?.({ ...address, providerId }, signal())),
      );
      assert.equal(fault.is, 'unknown_target');
    }
    const root = `/2010-04-01/Accounts/${twilio.accountSid}/Messages/`;
    for (const { path } of twilio.calls) assert.match(path.slice(root.length), /^[\w%.]+\.json$/);
  });
  it('serve no other number, with any of them', async () => {
    const channel = connect();
    const other = { ...address, business: '14155550000' };
    for (const call of [
      channel.markRead({ ...other, messageId: twilio.receive(), typing: true, repeatId: 'r' }, signal()),
      channel.send({ ...hello, ...other }, signal()),
      Promise.resolve(channel.fetchStatus?.({ ...other, providerId: 'SM1' }, signal())),
      channel.downloadMedia(other.business, 'MM1/ME1', signal()),
    ])
      assert.equal((await faultOf(call)).providerCode, 'unknown_business');
    assert.deepEqual(twilio.calls, []);
  });
});
