import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseEvents } from '../../../../middleware/channels/acs/parseEvents.ts';
import type { InboundMessage } from '../../../../middleware/domain.ts';
import { BluetickError } from '../../../../middleware/errors.ts';
import { type AcsEvent, inCloudSchema, inGridSchema, receivedEvent } from '../../../support/acsEvents.ts';

/** Printed with every failure by fast-check; fixed, so that a run can be repeated. */
const seed = 20261121;
const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const customer = '14255551234';
const userId = 'US.13491208655302741918';
const at = Date.UTC(2026, 10, 21, 12);

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/acs/${name}.json`, import.meta.url));
const parse = (value: unknown) => parseEvents(Buffer.from(JSON.stringify(value)));
const event = (data: Record<string, unknown>): AcsEvent => receivedEvent({ to: business, ...data }, at);
const only = (one: AcsEvent): InboundMessage => {
  const { messages, acknowledgements, rejected } = parse(inGridSchema([one]));
  assert.deepEqual([acknowledgements, rejected], [[], []]);
  const [first] = messages;
  assert.ok(first !== undefined && messages.length === 1);
  return first;
};

describe('parseEvents of ACS', () => {
  describe('documented events', () => {
    it('reads every example of a message, without its id', () => {
      const { messages, acknowledgements, rejected } = parseEvents(fixture('received'));
      assert.deepEqual([acknowledgements, rejected], [[], []]);
      const ends = { channel: 'acs', business: '{channel-id}', customer: '{sender@id}' };
      const file = '00000000-0000-0000-0000-000000000000';
      const replyTo = '{reply-message-id}';
      const times = ['2023-07-06T18:30:19Z', '2023-07-06T18:30:19Z', '2024-12-04T23:53:28Z'];
      times.push(...Array(3).fill('2024-12-04T23:57:04Z'), '2024-12-20T04:03:22Z');
      const contents = [
        { text: 'Hello', type: 'text' },
        {
          text: 'This is a media caption',
          media: { type: 'image', id: file, contentType: 'image/jpeg', caption: 'This is a media caption' },
          type: 'image',
        },
        { text: 'Priority Mail', payload: 'priority_mail', replyTo, type: 'interactive' },
        { text: 'Agree', payload: 'agree', replyTo, type: 'interactive' },
        { media: { type: 'sticker', id: file, contentType: 'image/webp' }, type: 'sticker' },
        { reaction: { to: replyTo, emoji: '👍' }, type: 'reaction' },
        { text: 'Yes', payload: 'Kat said yes', replyTo, type: 'button' },
      ];
      assert.deepEqual(
        messages,
        contents.map((content, index) => ({
          ...ends,
          kind: content.type === 'reaction' ? 'reaction' : 'message',
          key: `00000000-0000-0000-0000-00000000000${index}`,
          sentAt: Date.parse(times[index] ?? ''),
          content,
        })),
      );
    });

    it('reads the statuses, with the channel’s code as it comes', () => {
      const status = {
        channel: 'acs',
        business: '{sender@id}',
        providerId: '22222222-2222-2222-2222-222222222222',
        at: Date.parse('2023-07-06T18:42:28Z'),
        customer: '{receiver@id}',
      };
      const failures = [{ code: '131026', detail: 'Message Undeliverable.' }];
      assert.deepEqual(parseEvents(fixture('statuses')).acknowledgements, [
        { ...status, status: 'sent', means: 'sent' },
        { ...status, status: 'failed', means: 'failed', failures },
      ]);
      const { acknowledgements: read } = parseEvents(fixture('cloud-status'));
      assert.deepEqual(read, [{ ...status, business: '{channel-id}', status: 'read', means: 'read' }]);
    });

    it('reads a lone CloudEvent', () => {
      const id = '320fc2a1-4c4b-4387-9c1a-bd38b57795de';
      const [message] = parseEvents(fixture('cloud-received')).messages;
      assert.deepEqual([message?.providerId, message?.key, message?.content.text], [id, id, 'Hello']);
    });
  });

  it('reads the same from both schemas', () => {
    const events = [event({ messageId: 'a' }), event({ messageId: 'b', from: '+14255550199' })];
    assert.deepEqual(parse(inCloudSchema(events)), parse(inGridSchema(events)));
  });

  describe('a message', () => {
    it('without an id is made unique by the event’s, the same when it comes again', () => {
      for (const messageId of [undefined, null, '']) {
        const one = event({ messageId });
        const { providerId, key } = only(one);
        assert.deepEqual([providerId, key], [undefined, one.id]);
        assert.equal(only(one).key, key);
      }
    });

    it('is from the number in digits, with or without its plus sign', () => {
      assert.equal(only(event({ from: `+${customer}`, fromBSUID: userId })).customer, customer);
      assert.equal(only(event({ from: customer })).customer, customer);
    });

    it('is from the user id where the customer hides the number', () => {
      for (const from of ['', null]) {
        assert.equal(only(event({ from, fromBSUID: userId })).customer, userId);
      }
    });

    it('is from whom the subject names where nothing else does', () => {
      const subject = (sender: string) => `advancedMessage/sender/${sender}/recipient/${business}`;
      for (const sender of [userId, customer]) {
        const one = { ...event({ from: null }), subject: subject(sender) };
        assert.equal(only(one).customer, sender);
      }
    });

    it('is to the channel in lower case', () => {
      assert.equal(only(event({ to: business.toUpperCase() })).business, business);
    });

    it('has the time of the event where it has none of its own', () => {
      const one = event({ receivedTimestamp: null });
      assert.equal(only(one).sentAt, one.at);
    });

    it('is read by the names on the wire; those of the SDK’s types are nobody’s', () => {
      const { content } = only(
        event({
          content: null,
          messageType: 'image',
          channelKind: 'whatsapp',
          mediaContent: { mediaId: 'x', caption: 'by type' },
          interactiveContent: { replyKind: 'buttonReply', buttonReply: { buttonId: 'x', title: 'by type' } },
        }),
      );
      assert.deepEqual(content, { type: 'image' });
    });

    const kinds: [what: string, data: Record<string, unknown>, content: Record<string, unknown>][] = [
      [
        'a document',
        { messageType: 'document', media: { mimeType: 'application/pdf', id: 'f', fileName: 'a.pdf' } },
        { media: { type: 'document', id: 'f', contentType: 'application/pdf', fileName: 'a.pdf' } },
      ],
      [
        'a voice message',
        { messageType: 'audio', media: { id: 'f' } },
        { media: { type: 'audio', id: 'f' } },
      ],
      ['a video', { messageType: 'video', media: { id: 'f' } }, { media: { type: 'video', id: 'f' } }],
      [
        'a type of next year',
        { messageType: 'hologram', media: { id: 'f' } },
        { media: { type: 'document', id: 'f' } },
      ],
      [
        'an answer of a kind that is not shown',
        { messageType: 'interactive', interactive: { type: 'unknown' } },
        {},
      ],
      [
        'nothing but null',
        { messageType: 'unsupported', media: null, context: null, button: null, reaction: null },
        {},
      ],
    ];
    for (const [what, data, content] of kinds) {
      it(`may be ${what}`, () => {
        const read = only(event({ content: null, ...data }));
        assert.equal(read.kind, 'message');
        assert.deepEqual(read.content, { ...content, type: data.messageType });
      });
    }

    it('may be a reaction that was taken back', () => {
      for (const emoji of [undefined, null, '']) {
        const read = only(
          event({ content: null, messageType: 'reaction', reaction: { messageId: 'm', emoji } }),
        );
        assert.deepEqual(
          [read.kind, read.content],
          ['reaction', { reaction: { to: 'm' }, type: 'reaction' }],
        );
      }
    });
  });

  it('names both ends of a status where there are two', () => {
    const status = {
      ...event({ from: business, to: '+14255550199', toBSUID: userId, status: 'Delivered', messageId: 'm' }),
      type: 'Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated',
    };
    const [both] = parse(inGridSchema([status])).acknowledgements;
    assert.deepEqual([both?.customer, both?.customerAlias], ['14255550199', userId]);
    const hidden = { ...status, data: { ...(status.data as object), to: '' } };
    const [one] = parse(inGridSchema([hidden])).acknowledgements;
    assert.deepEqual([one?.customer, one?.customerAlias], [userId, undefined]);
  });

  it('passes other events of Azure’s over', () => {
    const others = [
      'Microsoft.Communication.AdvancedMessageAnalysisCompleted',
      'Microsoft.Communication.SMSReceived',
      'Microsoft.EventGrid.SubscriptionDeletedEvent',
    ].map(type => ({ ...event({}), type }));
    assert.deepEqual(parse(inGridSchema(others)), { messages: [], acknowledgements: [], rejected: [] });
  });

  describe('what is malformed', () => {
    const status = 'Microsoft.Communication.AdvancedMessageDeliveryStatusUpdated';
    const table: [what: string, one: AcsEvent, reason: RegExp, business?: string][] = [
      ['no sender', event({ from: null }), /names no sender/, business],
      ['no channel', event({ to: '' }), /message is malformed: to/],
      [
        'a time that is none',
        event({ receivedTimestamp: 'yesterday' }),
        /malformed: receivedTimestamp/,
        business,
      ],
      [
        'a time without an offset',
        event({ receivedTimestamp: '2026-11-21T12:00:00' }),
        /receivedTimestamp/,
        business,
      ],
      [
        'a time beyond all windows',
        event({ receivedTimestamp: '2126-11-21T12:00:00Z' }),
        /receivedTimestamp/,
        business,
      ],
      ['a text that is none', event({ content: { text: customer } }), /malformed: content$/, business],
      ['an id that is none', event({ messageId: 5 }), /malformed: messageId/, business],
      ['no data', { ...event({}), data: undefined }, /^message is malformed$/],
      [
        'a status without a message',
        { ...event({ from: business, status: 'Sent', messageId: null }), type: status },
        /status is malformed: messageId/,
        business,
      ],
      [
        'a status without a word',
        { ...event({ from: business, status: null }), type: status },
        /status is malformed: status/,
        business,
      ],
      ['no id of its own', { ...event({}), id: '' }, /event is malformed/],
      ['no type', { ...event({}), type: '' }, /event is malformed/],
    ];
    for (const [what, one, reason, ours] of table) {
      it(`is set aside: ${what}`, () => {
        const item = JSON.parse(JSON.stringify(inGridSchema([one])[0]));
        const good = event({ messageId: 'good' });
        const { messages, acknowledgements, rejected } = parse([item, ...inGridSchema([good])]);
        assert.deepEqual([messages.map(({ key }) => key), acknowledgements], [['good'], []]);
        const [only] = rejected;
        assert.match(only?.reason ?? '', reason);
        assert.doesNotMatch(only?.reason ?? '', new RegExp(customer));
        assert.deepEqual([only?.item, only?.business, rejected.length], [item, ours, 1]);
      });
    }
    it('is set aside: what has no time at all', () => {
      const [item] = inGridSchema([event({ receivedTimestamp: null })]);
      assert.match(parse([{ ...item, eventTime: 'soon' }]).rejected[0]?.reason ?? '', /has no time/);
    });
    for (const body of ['5', '"events"', 'null', 'true']) {
      it(`is refused as a whole: ${body}`, () =>
        assert.throws(() => parseEvents(Buffer.from(body)), { code: 'invalid_request' }));
    }

    it('never throws but for the body as a whole, and never shows what it holds', () => {
      const json = fc.oneof(fc.jsonValue(), fc.record({ to: fc.jsonValue(), from: fc.constant(customer) }));
      const one = fc.record(
        {
          id: fc.oneof(fc.string(), fc.jsonValue()),
          eventType: fc.constantFrom('Microsoft.Communication.AdvancedMessageReceived', status),
          eventTime: fc.oneof(fc.jsonValue(), fc.constant('2026-11-21T12:00:00Z')),
          data: json,
        },
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(fc.array(fc.oneof(one, fc.jsonValue()), { maxLength: 5 }), events => {
          try {
            const { messages, acknowledgements, rejected } = parse(events);
            assert.ok(messages.length + acknowledgements.length + rejected.length <= events.length);
            for (const { reason } of rejected) assert.ok(!reason.includes(customer));
          } catch (error) {
            assert.ok(error instanceof BluetickError && error.code === 'invalid_request');
          }
        }),
        { seed, numRuns: 500 },
      );
    });
  });
});
