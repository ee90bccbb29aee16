import assert from 'node:assert/strict';
import { envelopeAt, fixture, inEnvelope, read } from './samples.ts';

const id = 'true_11111111111@c.us_4CC5EDD64BC22EBA6D639F2AF571346C';
const own = { id, from: '11111111111@c.us', participant: null, fromMe: true };
/** The only status that an event holds. */
const only = (event: object) => {
  const { messages, acknowledgements, rejected, ignored } = read(event);
  assert.deepEqual([messages, rejected, ignored], [[], [], undefined]);
  const [status, ...more] = acknowledgements;
  assert.ok(status !== undefined && more.length === 0);
  return status;
};
const ack = (over: object, name = 'message.ack') => only(inEnvelope(name, { ...own, ...over }));

describe('the statuses of a linked device', () => {
  it('are read from WAHA’s documented example, in its envelope', () => {
    assert.deepEqual(ack(fixture('waha/message.ack').payload), {
      channel: 'waha',
      business: 'default',
      providerId: id,
      status: 'READ',
      means: 'read',
      at: envelopeAt,
      customer: '11111111111',
    });
  });

  it('are read from Wawp’s, where the chat has another name', () => {
    const { customer, means, at } = only(fixture('wawp/message.ack'));
    assert.deepEqual([customer, means, at], ['11111111111', 'read', 1_634_567_890_123]);
  });

  for (const [ackName, number, means] of [
    ['ERROR', -1, 'failed'],
    ['PENDING', 0, 'accepted'],
    ['SERVER', 1, 'sent'],
    ['DEVICE', 2, 'delivered'],
    ['READ', 3, 'read'],
    ['PLAYED', 4, 'played'],
    ['ACK_SENT', 1, 'sent'],
    ['ACK_DELIVERED', 2, 'delivered'],
    ['ACK_READ', 3, 'read'],
  ] as const) {
    it(`mean ${means} by the name ${ackName}, whatever the number, and by the number alone`, () => {
      assert.equal(ack({ ackName, ack: number }).means, means);
      assert.deepEqual([ack({ ackName, ack: 99 }).means, ack({ ackName }).status], [means, ackName]);
      assert.equal(ack({ ack: number }).means, means);
      assert.equal(ack({ ackName: 'SOMETHING_NEW', ack: number }).means, means);
    });
  }

  it('go by the name where name and number do not agree, as in Wawp’s own example', () => {
    const { ack: number, ackName } = fixture('wawp/message').payload;
    assert.deepEqual([number, ackName], [-1, 'PENDING']);
    assert.equal(ack({ ack: number, ackName }).means, 'accepted');
  });

  it('are failures with a code', () => {
    assert.deepEqual(ack({ ackName: 'ERROR' }).failures, [{ code: 'ERROR' }]);
    assert.equal(ack({ ackName: 'READ' }).failures, undefined);
  });

  it('are kept in their own word where nobody knows it', () => {
    for (const [over, status] of [
      [{ ackName: 'SEEN_TWICE', ack: 7 }, 'SEEN_TWICE'],
      [{ ack: 7 }, 'UNKNOWN'],
      [{ ack: 'x', ackName: 3 }, 'UNKNOWN'],
    ] as const)
      assert.deepEqual([ack(over).status, ack(over).means], [status, 'unknown']);
  });

  it('are passed over for a group, though the event is called as an ordinary one', () => {
    const { acknowledgements, ignored } = read(fixture('waha/message.ack.group'));
    assert.deepEqual([acknowledgements, ignored], [[], ['message.ack is about a group']]);
  });

  it('count for a customer, though the event is called as a group’s', () => {
    assert.equal(ack({ ack: 3 }, 'message.ack.group').means, 'read');
  });

  it('are passed over where they are about a message of the customer’s: our own receipt, told back', () => {
    const told = { ignored: ['message.ack is about a message of the customer’s'] };
    for (const over of [{ fromMe: false }, { id: id.replace('true', 'false') }]) {
      const { acknowledgements, ignored } = read(inEnvelope('message.ack', { ...own, ...over, ack: 3 }));
      assert.deepEqual({ acknowledgements, ignored }, { acknowledgements: [], ...told });
    }
  });

  it('are of the chat in the id, where an engine names our own account as the sender', () => {
    for (const ends of [
      { from: '71111111111@c.us', to: '11111111111@c.us' },
      { from: '71111111111@s.whatsapp.net' },
      { from: null },
      { from: '79999999999@c.us', to: '11111111111@c.us' },
    ])
      assert.equal(ack({ ...ends, ack: 3 }).customer, '11111111111', JSON.stringify(ends));
  });

  it('are of whom they name where that is not the chat in the id: they belong to no message of ours', () => {
    assert.equal(ack({ from: '4915550009999@c.us', ack: 3 }).customer, '4915550009999');
    assert.equal(ack({ from: undefined, chatId: '4915550009999@c.us', ack: 3 }).customer, '4915550009999');
  });

  it('are set aside without an id', () => {
    const { rejected } = read(inEnvelope('message.ack', { ...own, id: '' }));
    assert.deepEqual(
      rejected.map(({ reason }) => reason),
      ['message.ack is malformed: id'],
    );
  });
});
