import assert from 'node:assert/strict';
import { createMetaChannel } from '../../../../middleware/channels/meta/metaChannel.ts';
import type { MetaChannelOptions } from '../../../../middleware/channels/meta/options.ts';
import { ProviderError } from '../../../../middleware/errors.ts';
import { serveHttp } from '../../../support/standIn.ts';

const good: MetaChannelOptions = {
  accessToken: 'EAA-hidden',
  phoneNumberIds: ['1', '2'],
  appSecrets: ['hidden-app-secret'],
  verifyToken: 'hidden-verify-token',
};
const address = { channel: 'meta', business: '1', customer: '16505551234' } as const;
const never = () => new AbortController().signal;

describe('createMetaChannel', () => {
  it('has the documented defaults', async () => {
    const channel = createMetaChannel(good);
    assert.equal(channel.name, 'meta');
    assert.deepEqual(channel.businesses, ['1', '2']);
    assert.equal(channel.webhook.bodyLimit, 4 * 1024 * 1024);
    assert.deepEqual(channel.capabilities, {
      read: 'call',
      typing: 'impliesRead',
      coversEarlier: 'documented',
      typingPeriodMs: 24_000,
      minTypingPeriodMs: 20_000,
      stopTyping: false,
      readWithinMs: 30 * 86_400_000,
      sends: { interactive: true, media: true, template: true, longestText: 4096 },
      window: true,
      idempotentSend: false,
      callsPerSecond: 80,
    });
    await channel.close();
  });
  it('takes an upgraded throughput', async () => {
    const channel = createMetaChannel({ ...good, callsPerSecond: 1000 });
    assert.equal(channel.capabilities.callsPerSecond, 1000);
    await channel.close();
  });

  const refused: [string, Partial<MetaChannelOptions>][] = [
    ['META_ACCESS_TOKEN', { accessToken: '' }],
    ['META_ACCESS_TOKEN', { accessToken: 'EAA-hidden\n' }],
    ['META_PHONE_NUMBER_ID', { phoneNumberIds: [] }],
    ['META_PHONE_NUMBER_ID', { phoneNumberIds: ['1', ''] }],
    ['META_APP_SECRET', { appSecrets: [] }],
    ['META_APP_SECRET', { appSecrets: ['hidden-app-secret', ''] }],
    ['META_VERIFY_TOKEN', { verifyToken: ' ' }],
    ['META_GRAPH_URL', { graphUrl: 'http://graph.facebook.com/v25.0' }],
    ['META_GRAPH_URL', { graphUrl: 'https://graph.facebook.com' }],
    ['META_GRAPH_URL', { graphUrl: 'nonsense' }],
    ['callsPerSecond', { callsPerSecond: 0 }],
    ['timeoutMs', { timeoutMs: -1 }],
  ];
  for (const [field, change] of refused) {
    it(`refuses ${JSON.stringify(change)}, naming ${field} and showing no secret`, () => {
      assert.throws(
        () => createMetaChannel({ ...good, ...change }),
        (error: Error & { code?: string; field?: string }) => {
          assert.deepEqual([error.code, error.field], ['invalid_configuration', field]);
          assert.ok(error.message.includes(field));
          assert.ok(!error.message.includes('hidden'));
          return true;
        },
      );
    });
  }

  describe('challenge', () => {
    const channel = createMetaChannel(good);
    after(() => channel.close());
    const asked = {
      'hub.mode': 'subscribe',
      'hub.challenge': '1158201444',
      'hub.verify_token': 'hidden-verify-token',
    };
    it('is answered to who knows the token', () => {
      assert.equal(channel.webhook.challenge?.(asked), '1158201444');
    });
    for (const [what, change, code] of [
      ['a wrong token', { 'hub.verify_token': 'hidden-verify-tokem' }, 'forbidden'],
      ['a part of the token', { 'hub.verify_token': 'hidden' }, 'forbidden'],
      ['no token', { 'hub.verify_token': undefined }, 'forbidden'],
      ['another mode', { 'hub.mode': 'unsubscribe' }, 'forbidden'],
      ['no mode', { 'hub.mode': undefined }, 'forbidden'],
      ['no challenge', { 'hub.challenge': undefined }, 'invalid_request'],
      ['an empty challenge', { 'hub.challenge': '' }, 'invalid_request'],
    ] as const) {
      it(`is refused to ${what}`, () => {
        assert.throws(
          () => channel.webhook.challenge?.({ ...asked, ...change }),
          (error: Error & { code?: string }) => {
            assert.equal(error.code, code);
            assert.ok(!error.message.includes('hidden'));
            return true;
          },
        );
      });
    }
  });

  it('believes no answer that does not say what it should', async () => {
    let answer = '';
    const server = await serveHttp((_request, response) => response.end(answer));
    const channel = createMetaChannel({ ...good, graphUrl: `${server.origin}/v25.0` });
    const unreadable = (error: unknown) =>
      error instanceof ProviderError && error.providerCode === 'unreadable_answer' && error.ambiguous;
    const readings = ['', 'x', 'null', '{}', '{"success":false}', '{"success":"true"}', '[true]'];
    for (answer of readings) {
      const call = { ...address, messageId: 'wamid.A', typing: false, repeatId: 'r' };
      await assert.rejects(channel.markRead(call, never()), unreadable, answer);
    }
    const sends = [
      '',
      '{}',
      '{"messages":[]}',
      '{"messages":[{}]}',
      '{"messages":[{"id":""}]}',
      '{"messages":[{"id":5}]}',
    ];
    for (answer of [...sends, '{"messages":[{"id":"a"},{"id":"b"}]}']) {
      const call = { ...address, content: { type: 'text', text: 'hi' } as const, correlation: 'c' };
      await assert.rejects(channel.send(call, never()), unreadable, answer);
    }
    await channel.close();
    await server.close();
  });
});
