import assert from 'node:assert/strict';
import { readPayload as readBusiness } from '../../../../middleware/channels/google/businessMessages/readPayload.ts';
import { readPayload as readRbm } from '../../../../middleware/channels/google/rbm/readPayload.ts';
import type { ChannelEvents } from '../../../../middleware/domain.ts';
import { fixture } from './fixtures.ts';

const now = 1000;
const sentAt = Date.UTC(2026, 10, 21, 12);
const none = { messages: [], acknowledgements: [], rejected: [] };
const phone = { channel: 'google', business: 'AGENT_ID', customer: '15551234567' } as const;
const of = (name: string, read: (payload: unknown, now: number) => ChannelEvents) =>
  fixture<object[]>(name).map(payload => read(payload, now));

describe('what RCS for Business tells', () => {
  it('of users’ messages, is a message with the id that a receipt names', () => {
    const contents = of('google/rbm-user-messages', readRbm).map(({ messages: [message], rejected }) => {
      assert.deepEqual(rejected, []);
      const { content, key, providerId, ...rest } = message ?? assert.fail('no message');
      assert.equal(key, providerId);
      assert.deepEqual(rest, { ...phone, kind: 'message', sentAt });
      return content;
    });
    const media = { type: 'image', contentType: 'image/gif', fileName: '4_animated.gif' };
    assert.deepEqual(contents, [
      { type: 'text', text: 'Hi' },
      { type: 'userFile', media: { ...media, url: 'https://storage.googleapis.com/copper_test/4_animated' } },
      { type: 'location', location: { latitude: 37.422, longitude: -122.084 } },
      { type: 'suggestionResponse', text: 'Yes', payload: 'yes' },
    ]);
  });

  it('of users’ events, is a status, typing, or a notice that owes no receipt', () => {
    const status = { ...phone, providerId: 'MESSAGE_ID', correlation: 'MESSAGE_ID' };
    const notice = { ...phone, kind: 'system', key: 'EVENT_ID', sentAt: now };
    assert.deepEqual(of('google/rbm-user-events', readRbm), [
      { ...none, acknowledgements: [{ ...status, status: 'DELIVERED', means: 'delivered', at: now }] },
      { ...none, acknowledgements: [{ ...status, status: 'READ', means: 'read', at: sentAt }] },
      { ...none, typing: [{ ...phone, at: now, typing: true }] },
      { ...none, messages: [{ ...notice, content: { type: 'SUBSCRIBE' } }] },
      { ...none, messages: [{ ...notice, content: { type: 'UNSUBSCRIBE' } }] },
    ]);
  });

  it('of the platform, is a failure where the message was taken back, and else kept as it is', () => {
    const [revoked, notRevoked] = of('google/rbm-server-events', readRbm).map(
      ({ acknowledgements: [status] }) => status,
    );
    const shared = { ...phone, providerId: 'MESSAGE_ID', correlation: 'MESSAGE_ID', at: sentAt };
    const code = 'TTL_EXPIRATION_REVOKED';
    assert.deepEqual(revoked, { ...shared, status: code, means: 'failed', failures: [{ code }] });
    assert.deepEqual(notRevoked, { ...shared, status: 'TTL_EXPIRATION_REVOKE_FAILED', means: 'unknown' });
  });

  it('is passed over where it is about the agent, and kept where its word is new', () => {
    const ignored = ['the event is about an agent, not about a customer'];
    assert.deepEqual(readRbm({ eventType: 'AGENT_LAUNCH', agentId: 'AGENT_ID' }, now), { ...none, ignored });
    const event = { senderPhoneNumber: '+15551234567', eventType: 'NEW', eventId: 'e', agentId: 'AGENT_ID' };
    const [status] = readRbm({ ...event, messageId: 'm' }, now).acknowledgements;
    assert.deepEqual([status?.status, status?.means], ['NEW', 'unknown']);
    assert.equal(readRbm(event, now).messages[0]?.content.type, 'NEW');
  });

  it('is set aside where it cannot be read, with its agent and without a word of it in the reason', () => {
    const event = { senderPhoneNumber: '+15551234567', eventType: 'READ', eventId: 'e', agentId: 'AGENT_ID' };
    const message = {
      senderPhoneNumber: '+15551234567',
      messageId: 'm',
      agentId: 'AGENT_ID',
      text: 'secret',
    };
    for (const payload of [
      event,
      { ...event, senderPhoneNumber: 'secret' },
      { ...event, messageId: '' },
      { ...event, messageId: 'm', sendTime: 'secret' },
      { ...message, senderPhoneNumber: '' },
      { ...message, messageId: undefined },
      { ...message, sendTime: '9999-01-01T00:00:00Z' },
      { phoneNumber: '+15551234567', eventType: 'TTL_EXPIRATION_REVOKED', agentId: 'AGENT_ID' },
    ]) {
      const { rejected, ...rest } = readRbm(payload, now);
      assert.deepEqual(rest, { messages: [], acknowledgements: [] });
      assert.equal(rejected.length, 1);
      assert.equal(rejected[0]?.business, 'AGENT_ID');
      assert.equal(rejected[0]?.item, payload);
      assert.doesNotMatch(String(rejected[0]?.reason), /secret|1555/);
    }
    for (const payload of [null, 'x', 1, [], {}, { agentId: 1 }])
      assert.equal(readRbm(payload, now).rejected.length, 1);
  });
});

describe('what Business Messages tells', () => {
  const agent = 'brands/BRAND_ID/agents/AGENT_ID';
  const ends = { channel: 'google', business: agent, customer: 'CONVERSATION_ID' } as const;

  it('of several receipts, is a status each; one that is malformed takes no other with it', () => {
    const sample = fixture<{ receipts: { receipts: object[] } }>('google/gbm-receipts');
    const [first] = sample.receipts.receipts;
    const name = 'conversations/CONVERSATION_ID/messages/OTHER';
    const receipts = [
      first,
      { message: 'x', receiptType: 'READ' },
      { message: name, receiptType: 'READ' },
      { message: name, receiptType: 'RECEIPT_TYPE_UNSPECIFIED' },
    ];
    const payload = { ...sample, receipts: { ...sample.receipts, receipts } };
    const { acknowledgements, rejected, messages } = readBusiness(payload, now);
    assert.deepEqual(
      acknowledgements.map(({ providerId, correlation, status, means, at, ...rest }) => {
        assert.deepEqual([rest, correlation, at], [ends, providerId, now]);
        return [providerId, status, means];
      }),
      [
        ['MESSAGE_ID', 'DELIVERED', 'delivered'],
        ['OTHER', 'READ', 'read'],
        ['OTHER', 'RECEIPT_TYPE_UNSPECIFIED', 'unknown'],
      ],
    );
    assert.deepEqual(messages, []);
    assert.equal(rejected[0]?.business, agent);
    assert.deepEqual(readBusiness(rejected[0]?.item, now), { ...none, rejected });
  });

  it('of users, is a message, a tap, or typing, as far as it is known', () => {
    const [text, tap, survey] = of('unverified/google/gbm-messages', readBusiness);
    const message = { ...ends, kind: 'message', sentAt };
    const ids = { providerId: 'MESSAGE_ID', key: 'MESSAGE_ID' };
    const content = { type: 'text', text: 'Hi', name: 'Ann' };
    assert.deepEqual(text, { ...none, messages: [{ ...message, ...ids, content }] });
    const tapped = { type: 'suggestionResponse', text: 'Yes', payload: 'yes' };
    assert.deepEqual(tap, { ...none, messages: [{ ...message, key: 'REQUEST_ID', content: tapped }] });
    const ignored = ['the payload holds neither a message, nor receipts, nor typing'];
    assert.deepEqual(survey, { ...none, ignored });
    const [begun, ceased, other] = of('unverified/google/gbm-user-status', readBusiness);
    assert.deepEqual(begun, { ...none, typing: [{ ...ends, at: sentAt, typing: true }] });
    assert.deepEqual(ceased, { ...none, typing: [{ ...ends, at: sentAt, typing: false }] });
    assert.deepEqual(other, { ...none, ignored });
  });

  it('loses no message for what stands beside it', () => {
    const [text] = fixture<object[]>('unverified/google/gbm-messages');
    const [typing] = fixture<object[]>('unverified/google/gbm-user-status');
    const { messages, typing: told } = readBusiness({ ...typing, ...text }, now);
    assert.deepEqual([messages.length, told?.length], [1, 1]);
    const { receipts } = fixture<{ receipts: object }>('google/gbm-receipts');
    const both = readBusiness({ ...text, receipts }, now);
    assert.deepEqual([both.messages.length, both.acknowledgements.length], [1, 1]);
  });

  it('is set aside where a tap has no id of its own', () => {
    const { requestId: _without, ...tap } = fixture<Record<string, unknown>[]>(
      'unverified/google/gbm-messages',
    )[1] as Record<string, unknown>;
    const reason = 'payload is malformed: requestId';
    assert.deepEqual(readBusiness(tap, now), { ...none, rejected: [{ reason, item: tap, business: agent }] });
  });

  it('is set aside where it cannot be read', () => {
    const bad = { agent, conversationId: 'c', message: { text: 'Hi' } };
    const reason = 'payload is malformed: message.messageId';
    assert.deepEqual(readBusiness(bad, now).rejected, [{ reason, item: bad, business: agent }]);
    assert.deepEqual(readBusiness({ agent: 1, conversationId: '' }, now).rejected[0]?.business, undefined);
  });
});
