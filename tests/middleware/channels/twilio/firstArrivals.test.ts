import assert from 'node:assert/strict';
import { rememberArrivals } from '../../../../middleware/channels/twilio/firstArrivals.ts';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import { fixture, options } from './samples.ts';

describe('rememberArrivals', () => {
  it('answers the first time of a token, however often it comes', () => {
    const first = rememberArrivals();
    assert.deepEqual([first('a', 1), first('b', 2), first('a', 3), first('b', 4)], [1, 2, 1, 2]);
  });
  it('forgets the oldest above its limit', () => {
    const first = rememberArrivals(2);
    for (const [at, token] of ['a', 'b', 'c'].entries()) first(token, at);
    assert.deepEqual([first('c', 9), first('b', 9), first('a', 9)], [2, 1, 9]);
  });
});

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
