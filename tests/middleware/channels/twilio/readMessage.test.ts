import assert from 'node:assert/strict';
import { createTwilioChannel } from '../../../../middleware/channels/twilio/twilioChannel.ts';
import type { InboundMessage } from '../../../../middleware/domain.ts';
import { accountSid, business, customer, fixture, now, options, parse } from './samples.ts';

const text = fixture('inbound-text');

/** The message of a form that is one. */
function messageOf(...given: Parameters<typeof parse>): InboundMessage {
  const { messages, acknowledgements, rejected } = parse(...given);
  assert.deepEqual([acknowledgements, rejected], [[], []]);
  assert.equal(messages.length, 1);
  return messages[0] as InboundMessage;
}

describe('an inbound message of Twilio’s', () => {
  it('has its ends in digits, and the time at which it came', () => {
    const id = 'SM11111111111111111111111111111111';
    assert.deepEqual(messageOf(text), {
      channel: 'twilio',
      business,
      customer,
      kind: 'message',
      providerId: id,
      key: id,
      sentAt: now,
      content: { text: 'Is my bicycle ready?', name: 'Sheena Nelson', type: 'text' },
    });
  });
  it('has the time at which it was kept, where it was', () =>
    assert.equal(messageOf(text, { receivedAt: now - 5000 }).sentAt, now - 5000));

  const file = 'MM11111111111111111111111111111111/ME11111111111111111111111111111111';
  const image = { type: 'image', id: file, contentType: 'image/jpeg', caption: 'The bicycle' };
  const place = {
    latitude: 52.520008,
    longitude: 13.404954,
    name: 'Fernsehturm',
    address: 'Panoramastraße 1A, Berlin',
  };
  const contents: readonly [string, object][] = [
    ['inbound-reply', { text: 'That one', replyTo: 'SM22222222222222222222222222222222', type: 'text' }],
    ['inbound-image', { text: 'The bicycle', media: image, type: 'image' }],
    ['inbound-button', { text: 'Yes', payload: 'confirm-7', type: 'button' }],
    ['inbound-list', { text: 'Single', payload: 'room-1', type: 'list' }],
    ['inbound-location', { location: place, type: 'location' }],
    ['inbound-referral', { text: 'I saw your ad', type: 'text' }],
    ['../unverified/twilio/inbound-message-type', { text: 'Is my bicycle ready?', type: 'text' }],
  ];
  for (const [name, content] of contents) {
    it(`holds what ${name} says`, () =>
      assert.deepEqual(messageOf(fixture(name)).content, { name: 'Sheena Nelson', ...content }));
  }

  for (const [type, kind] of [
    ['image/png', 'image'],
    ['AUDIO/ogg', 'audio'],
    ['video/mp4', 'video'],
    ['application/pdf', 'document'],
    ['text/vcard', 'document'],
    ['', 'document'],
  ]) {
    it(`shows a file of the type “${type}” as ${kind}`, () => {
      const { media } = messageOf({ ...fixture('inbound-image'), MediaContentType0: String(type) }).content;
      assert.equal(media?.type, kind);
    });
  }
  it('has no id for a file at an address of another form: nothing is ever fetched from it', () => {
    for (const url of [
      'https://evil.example.com/a.jpg',
      'http://169.254.169.254/',
      'x',
      `${'M'.repeat(300)}`,
    ]) {
      const { media } = messageOf({ ...fixture('inbound-image'), MediaUrl0: url }).content;
      assert.equal(media?.id, undefined);
    }
  });
  it('names the customer by what stands in the place of a hidden number', () => {
    const hidden = messageOf(fixture('../unverified/twilio/inbound-username'));
    assert.equal(hidden.customer, 'US.13491208655302741918');
  });
  it('is read by its older names too, and leaves out what is malformed', () => {
    const { MessageSid: _, SmsMessageSid: __, ...older } = text;
    assert.equal(messageOf(older).providerId, 'SM11111111111111111111111111111111');
    const odd = { Latitude: 'north', Longitude: '13.4', MessageType: 'a b', Extra: 'x'.repeat(1000) };
    assert.deepEqual(messageOf({ ...text, ...odd }).content, messageOf(text).content);
  });
  it('without an id is known by the token of its webhook, and owes no receipt', () => {
    const { MessageSid: _, SmsMessageSid: __, SmsSid: ___, ...nameless } = text;
    const headers = { 'i-twilio-idempotency-token': 'c58ba5c7-1a42' };
    const { key, providerId } = messageOf(nameless, { headers });
    assert.deepEqual([key, providerId], ['c58ba5c7-1a42', undefined]);
    const { rejected } = parse(nameless);
    assert.deepEqual(
      rejected.map(({ reason, business }) => [reason, business]),
      [['message is malformed: MessageSid', business]],
    );
  });

  describe('is another business’s', () => {
    const others: readonly [string, Readonly<Record<string, string>>, string][] = [
      ['another number', { To: 'whatsapp:+14155550000' }, '14155550000'],
      ['a number for text messages', { To: `+${business}` }, `sms:+${business}`],
      ['digits without a scheme', { To: business }, `sms:${business}`],
      ['another channel', { To: 'messenger:1234' }, 'messenger:1234'],
      ['our number at another account', { AccountSid: 'AC02' }, `AC02/${business}`],
    ];
    for (const [what, change, expected] of others) {
      it(`where it is for ${what}`, () => assert.equal(messageOf({ ...text, ...change }).business, expected));
    }
  });
  it('is set aside where a field that counts is missing, and can be read again with its time', () => {
    const { From: _, ...anonymous } = text;
    const { messages, rejected } = parse(anonymous, { query: { ref: 'r1' } });
    assert.deepEqual(messages, []);
    const [only] = rejected;
    assert.deepEqual([only?.reason, only?.business], ['message is malformed: From', business]);
    const item = JSON.parse(JSON.stringify(only?.item));
    assert.equal(item.now, now);
    const { webhook } = createTwilioChannel({ ...options, clock: { now: () => now + 60_000 } });
    assert.deepEqual(webhook.reread?.(item).rejected, rejected);
    item.fields.From = ['whatsapp:+15551234567'];
    assert.deepEqual(webhook.reread?.(item).messages, [messageOf(text)]);
  });
  it('is set aside where it is nobody’s', () => {
    for (const From of ['whatsapp:', 'whatsapp:+', '+', ' '])
      assert.equal(parse({ ...text, From }).rejected[0]?.reason, 'message is malformed: From', From);
    for (const From of ['whatsapp:+1', '12345', 'whatsapp:Ä', 'messenger:1'])
      assert.equal(parse({ ...text, From }).messages.length, 1, From);
  });
  it('can be read again as the whole webhook that somebody kept for later', () => {
    const body = Buffer.from(new URLSearchParams(text).toString()).toString('base64');
    const item = { headers: {}, query: { ref: 'r1' }, target: '/webhooks/twilio', body, receivedAt: now - 5 };
    const { webhook } = createTwilioChannel(options);
    assert.deepEqual(webhook.reread?.(item).messages, [{ ...messageOf(text), sentAt: now - 5 }]);
    const broken = { ...item, body: '' };
    assert.throws(() => webhook.reread?.(broken), { code: 'invalid_request' });
  });
  it('counts no name that has two values', () => {
    const twice = [...Object.entries(text), ['From', 'whatsapp:+15550000000']] as const;
    assert.equal(parse(twice).rejected[0]?.reason, 'message is malformed: From');
    const same = [...Object.entries(text), ['From', String(text.From)]] as const;
    assert.deepEqual(messageOf(same), messageOf(text));
  });
  it('of another account never reaches ours by a number that looks like it', () =>
    assert.equal(
      messageOf({ ...text, AccountSid: `${accountSid}0` }).business,
      `${accountSid}0/${business}`,
    ));
});
