import assert from 'node:assert/strict';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import { fixture, options } from './samples.ts';

describe('a webhook that Twilio tries again', () => {
  let now = 1_000_000;
  const { webhook } = createTwilioChannel({ ...options, clock: { now: () => now } });
  const tell = (name: string, token?: string) => {
    const headers = token === undefined ? {} : { 'i-twilio-idempotency-token': token };
    now += 1000;
    const body = Buffer.from(new URLSearchParams(fixture(name)).toString());
    return webhook.parse(body, { headers, query: {} });
  };
  it('says the very same', () => {
    for (const name of ['inbound-text', 'status-read', 'status-window'])
      assert.deepEqual(tell(name, name), tell(name, name));
  });
  it('is another where its token is another, or where it has none', () => {
    assert.notDeepEqual(tell('status-read', 'one'), tell('status-read', 'two'));
    for (const none of [undefined, '', ' ', 'x'.repeat(129)])
      assert.notDeepEqual(tell('status-read', none), tell('status-read', none));
  });
});
