import assert from 'node:assert/strict';
import { readMessageState } from '../../../../middleware/channels/twilio/readStatus.ts';
import type { Acknowledgement } from '../../../../middleware/domain.ts';
import { accountSid, business, customer, fixture, now, parse } from './samples.ts';

const read = fixture('status-read');
const id = 'SM00000000000000000000000000000001';

/** The acknowledgement of a form that is one. */
function statusOf(...given: Parameters<typeof parse>): Acknowledgement {
  const { messages, acknowledgements, rejected } = parse(...given);
  assert.deepEqual([messages, rejected], [[], []]);
  assert.equal(acknowledgements.length, 1);
  return acknowledgements[0] as Acknowledgement;
}

describe('a status callback of Twilio’s', () => {
  it('is about the business’s message, with the time at which it came', () => {
    const expected = {
      channel: 'twilio',
      business,
      providerId: id,
      status: 'read',
      means: 'read',
      at: now,
      customer,
    };
    assert.deepEqual(statusOf(read), expected);
    const query = { ref: 'c0ffee00-0000-4000-8000-000000000001' };
    assert.deepEqual(statusOf(read, { query }), { ...expected, correlation: query.ref });
  });
  it('has no correlation where the address holds another thing in its place', () => {
    for (const ref of ['', 'a b', '<x>', 'y'.repeat(129)])
      assert.equal(statusOf(read, { query: { ref } }).correlation, undefined);
  });
  for (const [word, means] of [
    ['queued', 'accepted'],
    ['accepted', 'accepted'],
    ['scheduled', 'accepted'],
    ['sending', 'accepted'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['failed', 'failed'],
    ['undelivered', 'failed'],
    ['canceled', 'failed'],
    ['partially_delivered', 'unknown'],
    ['tomorrow', 'unknown'],
  ]) {
    it(`says ${means} by “${word}”`, () => {
      const { means: is, status } = statusOf({
        ...read,
        MessageStatus: String(word),
        SmsStatus: String(word),
      });
      assert.deepEqual([is, status], [means, word]);
    });
  }
  it('tells of a closed window by 63016, and of nothing else so', () => {
    const closed = statusOf(fixture('status-window'));
    assert.deepEqual(
      [closed.means, closed.failures, closed.windowClosed],
      ['failed', [{ code: '63016' }], true],
    );
    const { failures, windowClosed } = statusOf(fixture('status-undelivered'));
    assert.deepEqual([failures, windowClosed], [[{ code: '63024' }], undefined]);
    assert.equal(statusOf({ ...read, ErrorCode: '63016' }).windowClosed, undefined);
  });
  it('keeps a code that has not the form of one as text, and an unknown one as it is', () => {
    const failed = { ...read, MessageStatus: 'failed' };
    assert.deepEqual(statusOf({ ...failed, ErrorCode: '99999' }).failures, [{ code: '99999' }]);
    const odd = [{ code: 'unknown', detail: '+15551234567' }];
    assert.deepEqual(statusOf({ ...failed, ErrorCode: '+15551234567' }).failures, odd);
    assert.equal(statusOf(failed).failures, undefined);
  });
  it('is read where it has what only third parties tell of', () => {
    const { failures } = statusOf(fixture('../unverified/twilio/status-error-message'));
    assert.deepEqual(failures, [{ code: '63018', detail: 'Rate limit exceeded' }]);
    assert.equal(statusOf(fixture('../unverified/twilio/status-event-type')).means, 'read');
  });
  it('of another account or number is another business’s', () => {
    assert.equal(statusOf({ ...read, AccountSid: 'AC02' }).business, `AC02/${business}`);
    assert.equal(statusOf({ ...read, From: 'whatsapp:+14155550000' }).business, '14155550000');
    assert.equal(statusOf({ ...read, From: `+${business}` }).business, `sms:+${business}`);
  });
  it('is set aside where it names no message or no sender', () => {
    const { MessageSid: _, SmsSid: __, ...nameless } = read;
    const { From: ___, ...anonymous } = read;
    const reasons = [nameless, anonymous].map(fields => parse(fields).rejected[0]);
    assert.deepEqual(
      reasons.map(each => [each?.reason, each?.business]),
      [
        ['status is malformed: MessageSid, MessageStatus', business],
        ['status is malformed: From', undefined],
      ],
    );
  });
});

describe('what Twilio answers about a message', () => {
  const resource = {
    sid: id,
    account_sid: accountSid,
    from: `whatsapp:+${business}`,
    to: `whatsapp:+${customer}`,
    status: 'delivered',
    error_code: null,
    error_message: null,
    date_updated: 'Sat, 21 Nov 2026 11:59:58 +0000',
  };
  const context = { accountSid, now };

  it('is what a callback would have said, with the time of our clock', () =>
    assert.deepEqual(readMessageState(resource, context), [
      {
        channel: 'twilio',
        business,
        providerId: id,
        status: 'delivered',
        means: 'delivered',
        at: now,
        customer,
      },
    ]));
  it('has the code of a failure', () => {
    const failed = { ...resource, status: 'undelivered', error_code: 63016, error_message: 'Outside' };
    const [status] = readMessageState(failed, context);
    assert.deepEqual(status?.failures, [{ code: '63016', detail: 'Outside' }]);
    assert.equal(status?.windowClosed, true);
  });
  it('says nothing while Twilio only has it', () => {
    for (const status of ['queued', 'accepted', 'sending', 'scheduled'])
      assert.deepEqual(readMessageState({ ...resource, status }, context), []);
  });
  it('cannot be anything else', () => {
    for (const answer of [undefined, {}, { ...resource, sid: '' }, { ...resource, from: 7 }])
      assert.throws(() => readMessageState(answer, context), { providerCode: 'unreadable_answer' });
  });
});
