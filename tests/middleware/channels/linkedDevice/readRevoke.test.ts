import assert from 'node:assert/strict';
import { envelopeAt, fixture, inEnvelope, now, read } from './samples.ts';

const revoked = (payload: object, over = {}) => read(inEnvelope('message.revoked', payload, over));
const act = (id: string) => ({ after: { id }, revokedMessageId: 'AAAA', before: null });

describe('a message that was taken back', () => {
  it('is a notice where the customer took it back, as in WAHA’s documented example', () => {
    const { messages, acknowledgements } = read(fixture('waha/message.revoked'));
    assert.deepEqual(acknowledgements, []);
    const key = `message.revoked:false_1231243123@c.us_AAAAAAAAAAAAAAAA:${now}`;
    assert.deepEqual(messages, [
      {
        channel: 'waha',
        business: 'default',
        customer: '1231243123',
        kind: 'revoke',
        key,
        sentAt: now,
        content: { concerns: 'false_1231243123@c.us_AAAAAAAAAAAAAAAA', type: 'revoke' },
      },
    ]);
  });

  it('never has the key of the message, also where the engine gives both one id', () => {
    const { messages } = revoked(act('false_1231243123@c.us_AAAA'));
    assert.equal(messages[0]?.key, 'evt_1111111111111111111111111111');
  });

  it('is an acknowledgement where it is ours, of the full id of the message that was taken back', () => {
    const { messages, acknowledgements } = revoked(act('true_11111111111@c.us_BBBB'));
    assert.deepEqual(messages, []);
    assert.deepEqual(acknowledgements, [
      {
        channel: 'waha',
        business: 'default',
        providerId: 'true_11111111111@c.us_AAAA',
        status: 'REVOKED',
        means: 'revoked',
        at: envelopeAt,
        customer: '11111111111',
      },
    ]);
  });

  it('is known by `before` where that is there, and by a full id', () => {
    const id = 'true_11111111111@c.us_BBBB';
    const providerId = (payload: object) => revoked(payload).acknowledgements[0]?.providerId;
    const before = { id: 'true_11111111111@c.us_CCCC' };
    assert.equal(providerId({ ...act(id), before }), before.id);
    assert.equal(providerId({ revokedMessageId: 'CCCC', after: null, before }), before.id);
    assert.equal(providerId({ ...act(id), revokedMessageId: before.id }), before.id);
  });

  it('is read in Wawp’s shape', () => {
    const { messages } = read(fixture('wawp/message.revoked'));
    assert.deepEqual(
      messages.map(({ kind, customer }) => [kind, customer]),
      [['revoke', '11111111111']],
    );
    const ours = { id: 'true_11111111111@c.us_AAAA', revokedBy: '71111111111@c.us' };
    const { acknowledgements } = revoked(ours);
    assert.deepEqual(
      acknowledgements.map(({ providerId, means, customer }) => [providerId, means, customer]),
      [[ours.id, 'revoked', '11111111111']],
    );
  });

  it('is the customer’s where only who took it back is told', () => {
    const { messages } = revoked({ id: 'AAAA', revokedBy: '11111111111@c.us' });
    assert.deepEqual(
      messages.map(({ kind, customer }) => [kind, customer]),
      [['revoke', '11111111111']],
    );
  });

  it('is passed over in a group', () => {
    const { ignored } = revoked(act('true_1231243123@g.us_BBBB_11111111111@c.us'));
    assert.deepEqual(ignored, ['message.revoked is about a group']);
  });

  for (const [what, payload, reason] of [
    ['no id', { revokedBy: '11111111111@c.us' }, 'message.revoked is malformed'],
    ['an act that is missing', { revokedMessageId: 'AAAA' }, 'message.revoked is malformed'],
    ['nobody named', { id: 'AAAA' }, 'message.revoked does not say whose message it is about'],
    [
      'us named, and no chat',
      { id: 'AAAA', revokedBy: '71111111111@c.us' },
      'message.revoked names no chat of a known form',
    ],
  ] as const) {
    it(`is set aside with ${what}`, () => {
      const { messages, acknowledgements, rejected } = revoked(payload);
      assert.deepEqual([messages, acknowledgements], [[], []]);
      assert.deepEqual(
        rejected.map(each => each.reason),
        [reason],
      );
    });
  }
});
