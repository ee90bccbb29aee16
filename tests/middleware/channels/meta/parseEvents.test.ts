import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseEvents } from '../../../../middleware/channels/meta/parseEvents.ts';
import type { InboundMessage } from '../../../../middleware/domain.ts';
import { BluetickError } from '../../../../middleware/errors.ts';

/** Printed with every failure by fast-check; fixed, so that a run can be repeated. */
const seed = 20261121;
const business = '106540352242922';
const customer = '16505551234';
const userId = 'US.13491208655302741918';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../fixtures/meta/${name}.json`, import.meta.url));
const parse = (value: unknown) => parseEvents(Buffer.from(JSON.stringify(value)), 'meta');
const change = (value: object, field = 'messages') => ({
  field,
  value: { messaging_product: 'whatsapp', metadata: { phone_number_id: business }, ...value },
});
const webhook = (...changes: unknown[]) => ({
  object: 'whatsapp_business_account',
  entry: changes.map(one => ({ id: '1', changes: [one] })),
});
const message = (parts: object) => ({ from: customer, id: 'wamid.A', timestamp: '1749416383', ...parts });
const only = (parts: object, contacts?: unknown): InboundMessage => {
  const { messages, rejected } = parse(webhook(change({ messages: [message(parts)], contacts })));
  assert.deepEqual(rejected, []);
  const [first] = messages;
  assert.ok(first !== undefined && messages.length === 1);
  return first;
};
const reasonFor = (item: object) => {
  const { messages, acknowledgements, rejected } = parse(webhook(change(item)));
  assert.deepEqual([messages, acknowledgements], [[], []]);
  assert.equal(rejected.length, 1);
  return rejected[0]?.reason ?? '';
};

describe('parseEvents', () => {
  describe('documented webhooks', () => {
    const wamid = 'wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=';
    const head = { channel: 'meta', business, providerId: wamid, key: wamid, sentAt: 1749416383000 };

    it('reads a text', () => {
      assert.deepEqual(parseEvents(fixture('inbound-text'), 'meta'), {
        messages: [
          {
            ...head,
            customer,
            kind: 'message',
            content: { text: 'Does it come in another color?', name: 'Sheena Nelson', type: 'text' },
          },
        ],
        acknowledgements: [],
        rejected: [],
      });
    });
    it('reads the simulator’s under its name', () => {
      assert.equal(parseEvents(fixture('inbound-text'), 'simulator').messages[0]?.channel, 'simulator');
    });
    it('reads an image with its caption', () => {
      const [first] = parseEvents(fixture('inbound-image'), 'meta').messages;
      assert.deepEqual(first?.content, {
        text: 'Taj Mahal',
        media: { type: 'image', id: '1003383421387256', contentType: 'image/jpeg', caption: 'Taj Mahal' },
        name: 'Sheena Nelson',
        type: 'image',
      });
    });
    it('reads a template’s button', () => {
      const [first] = parseEvents(fixture('inbound-button'), 'meta').messages;
      assert.deepEqual(first?.content, {
        text: 'Unsubscribe',
        payload: 'Unsubscribe',
        replyTo: 'wamid.HBgLMTQxMjU1NTA4MjkVAgASGBQzQUNCNjk5RDUwNUZGMUZEM0VBRAA=',
        name: 'Sheena Nelson',
        type: 'button',
      });
    });
    it('reads who hides the number', () => {
      const [first] = parseEvents(fixture('inbound-username'), 'meta').messages;
      assert.equal(first?.customer, userId);
      assert.equal(first?.content.name, 'Sheena Nelson');
    });
    it('reads a message of an unsupported type: it is in the chat', () => {
      const [first] = parseEvents(fixture('inbound-unsupported'), 'meta').messages;
      assert.deepEqual([first?.kind, first?.content.type], ['message', 'unsupported']);
    });
    it('reads a status', () => {
      assert.deepEqual(parseEvents(fixture('status-delivered'), 'meta').acknowledgements, [
        {
          channel: 'meta',
          business,
          providerId: 'wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI3',
          status: 'delivered',
          means: 'delivered',
          at: 1750030073000,
          correlation: 'order-77',
          customer,
          customerAlias: userId,
        },
      ]);
    });
    it('reads a failure with its code', () => {
      const [first] = parseEvents(fixture('status-failed'), 'meta').acknowledgements;
      assert.equal(first?.status, 'failed');
      assert.deepEqual(first?.failures, [
        {
          code: '131049',
          detail: 'In order to maintain a healthy ecosystem engagement, the message failed to be delivered.',
        },
      ]);
    });
    it('sets a fault of the account aside for a human', () => {
      const { messages, acknowledgements, rejected } = parseEvents(fixture('account-error'), 'meta');
      assert.deepEqual([messages, acknowledgements], [[], []]);
      assert.equal(rejected.length, 1);
    });
    it('reads an echo of what the business wrote in the app', () => {
      const [first] = parseEvents(fixture('echo'), 'meta').messages;
      assert.deepEqual([first?.kind, first?.customer, first?.business], ['echo', customer, business]);
      assert.equal(first?.sentAt, 1739321024000);
      assert.match(first?.content.text ?? '', /^Here's the info/);
    });
  });

  describe('types', () => {
    it('reads documents, audio, video and stickers', () => {
      const document = only({
        type: 'document',
        document: { id: '1', mime_type: 'application/pdf', filename: 'a.pdf' },
      });
      assert.deepEqual(document.content, {
        media: { type: 'document', id: '1', contentType: 'application/pdf', fileName: 'a.pdf' },
        type: 'document',
      });
      for (const type of ['audio', 'video', 'sticker']) {
        assert.deepEqual(only({ type, [type]: { id: '2', voice: true } }).content, {
          media: { type, id: '2' },
          type,
        });
      }
    });
    it('reads a file that Meta could not fetch as a message', () => {
      assert.deepEqual(only({ type: 'image', image: {} }).content.media, { type: 'image' });
    });
    it('reads pressed buttons and list rows', () => {
      const reply = { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } };
      assert.deepEqual(only({ type: 'interactive', interactive: reply }).content, {
        text: 'Yes',
        payload: 'yes',
        type: 'interactive',
      });
      const row = { type: 'list_reply', list_reply: { id: 'row-1', title: 'One', description: 'First' } };
      assert.equal(only({ type: 'interactive', interactive: row }).content.payload, 'row-1');
      const flow = { type: 'nfm_reply', nfm_reply: { response_json: '{}' } };
      assert.deepEqual(only({ type: 'interactive', interactive: flow }).content, { type: 'interactive' });
      assert.deepEqual(only({ type: 'button', button: { text: 'Go' } }).content, {
        text: 'Go',
        type: 'button',
      });
    });
    it('reads reactions, and that one was taken back', () => {
      const given = only({ type: 'reaction', reaction: { message_id: 'wamid.B', emoji: '👍' } });
      assert.deepEqual([given.kind, given.content.reaction], ['reaction', { to: 'wamid.B', emoji: '👍' }]);
      for (const part of [{ message_id: 'wamid.B' }, { message_id: 'wamid.B', emoji: '' }]) {
        assert.deepEqual(only({ type: 'reaction', reaction: part }).content.reaction, { to: 'wamid.B' });
      }
    });
    it('reads locations', () => {
      const part = { latitude: 52.5, longitude: 13.4, name: 'Berlin', address: 'Mitte', url: 'x' };
      assert.deepEqual(only({ type: 'location', location: part }).content.location, {
        latitude: 52.5,
        longitude: 13.4,
        name: 'Berlin',
        address: 'Mitte',
      });
      assert.deepEqual(only({ type: 'location', location: { latitude: 1, longitude: 2 } }).content.location, {
        latitude: 1,
        longitude: 2,
      });
    });
    it('tells notices from messages', () => {
      const kinds = { system: 'system', request_welcome: 'welcome', revoke: 'revoke', edit: 'edit' };
      for (const [type, kind] of Object.entries(kinds)) assert.equal(only({ type }).kind, kind);
      for (const type of ['contacts', 'order', 'unsupported', 'hologram']) {
        assert.deepEqual([only({ type }).kind, only({ type }).content], ['message', { type }]);
      }
    });
    it('tells which message was taken back, where that is said', () => {
      const content = (revoke: unknown) => only({ type: 'revoke', revoke }).content;
      assert.deepEqual(content({ original_message_id: 'wamid.1' }), { type: 'revoke', concerns: 'wamid.1' });
      for (const part of [undefined, null, 'x', {}, { original_message_id: 5 }])
        assert.deepEqual(content(part), { type: 'revoke' });
    });
    it('keeps no number out of a system notice', () => {
      const part = { body: 'User A changed from 16505551234 to 16505550000', type: 'user_changed_number' };
      assert.deepEqual(only({ type: 'system', system: part }).content, { type: 'system' });
    });
  });

  describe('senders', () => {
    const text = { type: 'text', text: { body: 'x' } };
    it('takes the number first, in digits', () => {
      assert.equal(only({ ...text, from_user_id: userId }).customer, customer);
      assert.equal(only({ ...text, from: `+${customer}` }).customer, customer);
    });
    it('takes the user id where the number is absent or malformed', () => {
      assert.equal(only({ ...text, from: undefined, from_user_id: userId }).customer, userId);
      assert.equal(only({ ...text, from: 'Sheena', from_user_id: userId }).customer, userId);
    });
    it('takes a lone contact where the message names nobody', () => {
      const contacts = [{ user_id: userId, profile: { name: 'S' } }];
      const read = only({ ...text, from: undefined }, contacts);
      assert.deepEqual([read.customer, read.content.name], [userId, 'S']);
      assert.equal(only({ ...text, from: undefined }, [{ wa_id: customer }]).customer, customer);
    });
    it('guesses nobody out of several contacts', () => {
      const contacts = [{ user_id: userId }, { user_id: 'DE.1' }];
      assert.match(reasonFor({ messages: [message({ ...text, from: undefined })], contacts }), /no sender/);
    });
    it('takes the name of the contact that matches, whatever its place', () => {
      const contacts = [
        { wa_id: '1', profile: { name: 'Other' } },
        { nonsense: true },
        'nonsense',
        { wa_id: customer, profile: { name: 'Mine' } },
      ];
      assert.equal(only(text, contacts).content.name, 'Mine');
      assert.equal(only(text, [{ wa_id: '1', profile: { name: 'Other' } }]).content.name, undefined);
      assert.equal(only(text, 'nonsense').content.name, undefined);
      assert.equal(
        only({ ...text, from_user_id: userId }, [{ user_id: userId, profile: { name: 'U' } }]).content.name,
        'U',
      );
    });
    it('takes statuses of hidden numbers, of groups and of nobody', () => {
      const read = (parts: object) =>
        parse(
          webhook(
            change({ statuses: [{ id: 'wamid.O', status: 'read', timestamp: '1750030073', ...parts }] }),
          ),
        ).acknowledgements[0];
      assert.equal(read({ recipient_user_id: userId })?.customer, userId);
      assert.equal(read({ recipient_user_id: userId })?.customerAlias, undefined);
      assert.equal(read({ recipient_id: `+${customer}` })?.customer, customer);
      assert.equal(read({ recipient_id: 'group-1', recipient_type: 'group' })?.customer, 'group-1');
      assert.equal(read({})?.customer, undefined);
      assert.equal(read({ status: 'warning' })?.status, 'warning');
      assert.deepEqual(read({ status: 'failed', errors: [{ code: 131026 }] })?.failures, [
        { code: '131026' },
      ]);
      assert.equal(read({ status: 'failed', errors: 'nonsense' })?.failures, undefined);
    });
  });

  describe('what cannot be read', () => {
    const good = message({ type: 'text', text: { body: 'x' } });
    const bad: [string, object][] = [
      ['no id', { ...good, id: undefined }],
      ['an empty id', { ...good, id: '' }],
      ['a number as id', { ...good, id: 5 }],
      ['no type', { ...good, type: undefined }],
      ['no sender', { ...good, from: undefined }],
      ['a sender that is no number', { ...good, from: 'Sheena Nelson' }],
      ['no time', { ...good, timestamp: undefined }],
      ['a time of words', { ...good, timestamp: 'yesterday' }],
      ['a time before all times', { ...good, timestamp: '0' }],
      ['a negative time', { ...good, timestamp: '-5' }],
      ['a time with a fraction', { ...good, timestamp: '1749416383.5' }],
      ['a time in milliseconds', { ...good, timestamp: 1749416383000 }],
      ['a time far away', { ...good, timestamp: '9999999999' }],
      ['a text that is none', { ...good, text: { body: 5 } }],
      ['a text without its part', { ...good, text: undefined }],
      ['an image that is none', { ...good, type: 'image', image: 'x' }],
      [
        'a button without a title',
        { ...good, type: 'interactive', interactive: { type: 'button_reply', button_reply: {} } },
      ],
      ['a place off the map', { ...good, type: 'location', location: { latitude: 'x', longitude: 1 } }],
      ['a reaction to nothing', { ...good, type: 'reaction', reaction: {} }],
    ];
    for (const [what, item] of bad) {
      it(`sets aside ${what}, saying nothing of a person`, () => {
        const reason = reasonFor({ messages: [item] });
        assert.ok(reason.length > 0);
        assert.ok(!/1650|Sheena|wamid/.test(reason), reason);
      });
    }
    it('says where it is wrong', () => {
      assert.match(
        reasonFor({ messages: [{ ...good, timestamp: 'x', id: 5 }] }),
        /id, timestamp|timestamp, id/,
      );
    });
    it('sets aside items, statuses, echoes, lists, changes and entries', () => {
      assert.match(reasonFor({ messages: ['x'] }), /^message/);
      assert.match(reasonFor({ messages: { a: 1 } }), /^messages is not a list/);
      assert.match(reasonFor({ statuses: [{}] }), /^status/);
      assert.match(reasonFor({ metadata: {}, messages: [good] }), /^change .*metadata/);
      const echo = { id: 'wamid.E', timestamp: '1749416383', type: 'text' };
      for (const [item, reason] of [
        [change({ message_echoes: [{}] }, 'smb_message_echoes'), /^echo is malformed/],
        [change({ message_echoes: [echo] }, 'smb_message_echoes'), /^echo names no recipient/],
        [{ value: {} }, /^change/],
        [null, /^change/],
      ] as const) {
        assert.match(parse(webhook(item)).rejected[0]?.reason ?? '', reason);
      }
      const { rejected } = parse({ object: 'whatsapp_business_account', entry: [5, { changes: 'x' }] });
      assert.deepEqual(
        rejected.map(({ reason }) => reason),
        ['entry is malformed', 'entry is malformed: changes'],
      );
    });
    it('passes over other fields, and changes without lists', () => {
      const others = webhook(
        change({ event: 'APPROVED' }, 'message_template_status_update'),
        change({ errors: 'x' }),
        {
          field: 'user_id_update',
          value: 'anything',
        },
      );
      assert.deepEqual(parse(others), { messages: [], acknowledgements: [], rejected: [] });
    });
    it('reads an echo to who hides the number, without a text', () => {
      const item = { id: 'wamid.E', timestamp: '1749416383', type: 'image', to_user_id: userId };
      const [first] = parse(webhook(change({ message_echoes: [item] }, 'smb_message_echoes'))).messages;
      assert.deepEqual([first?.customer, first?.content], [userId, { type: 'image' }]);
    });
    it('refuses what is no webhook of WhatsApp', () => {
      for (const value of [
        null,
        5,
        [],
        {},
        { object: 'page', entry: [] },
        { object: 'whatsapp_business_account' },
      ]) {
        assert.throws(() => parse(value), { code: 'invalid_request' });
      }
    });
  });

  describe('properties', () => {
    it('any JSON is read, set aside or refused with a BluetickError', () => {
      const value = fc.jsonValue({ maxDepth: 5 });
      const field = fc.constantFrom('messages', 'smb_message_echoes', 'other');
      const shaped = fc.record({
        object: fc.constantFrom('whatsapp_business_account', 'page'),
        entry: fc.oneof(
          value,
          fc.array(
            fc.record({
              changes: fc.oneof(
                value,
                fc.array(
                  fc.record({
                    field,
                    value: fc.record(
                      {
                        metadata: fc.oneof(fc.constant({ phone_number_id: '1' }), value),
                        messages: fc.oneof(
                          value,
                          fc.array(fc.oneof(value, fc.constant(message({ type: 'text' })))),
                        ),
                        statuses: fc.oneof(value, fc.array(value)),
                        message_echoes: value,
                        contacts: fc.oneof(value, fc.array(value)),
                        errors: value,
                      },
                      { requiredKeys: [] },
                    ),
                  }),
                ),
              ),
            }),
          ),
        ),
      });
      fc.assert(
        fc.property(fc.oneof(value, shaped), given => {
          try {
            parse(given);
          } catch (error) {
            assert.ok(error instanceof BluetickError, String(error));
            assert.equal(error.code, 'invalid_request');
          }
        }),
        { seed, numRuns: 600 },
      );
    });
    it('any bytes are refused with a BluetickError', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
          assert.throws(() => parseEvents(Buffer.from(bytes), 'meta'), { code: 'invalid_request' });
        }),
        { seed, numRuns: 500 },
      );
    });
    it('whatever subset of a batch is poisoned, exactly the others are read, in order', () => {
      const poison = fc.constantFrom<unknown>(
        null,
        5,
        'x',
        [],
        {},
        { id: '' },
        message({ timestamp: 'x', type: 'text' }),
      );
      const item = fc.oneof(
        fc.record({ good: fc.constant(true), poison: fc.constant(null) }),
        fc.record({ good: fc.constant(false), poison }),
      );
      fc.assert(
        fc.property(fc.array(fc.array(item, { maxLength: 20 }), { maxLength: 5 }), batches => {
          let count = 0;
          const expected: string[] = [];
          const changes = batches.map(batch =>
            change({
              messages: batch.map(({ good, poison }) => {
                if (!good) return poison;
                const id = `wamid.${count++}`;
                expected.push(id);
                return message({ id, type: 'text', text: { body: 'x' } });
              }),
            }),
          );
          const { messages, rejected } = parse(webhook(...changes));
          assert.deepEqual(
            messages.map(({ providerId }) => providerId),
            expected,
          );
          assert.equal(rejected.length, batches.flat().length - expected.length);
        }),
        { seed, numRuns: 500 },
      );
    });
  });
});
