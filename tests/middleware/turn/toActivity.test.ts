import assert from 'node:assert/strict';
import type { InboundContent, InboundKind } from '../../../middleware/domain.ts';
import type { TurnMessage } from '../../../middleware/ports.ts';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import { toActivity } from '../../../middleware/turn/toActivity.ts';

const sentAt = Date.UTC(2026, 10, 22, 12);
const customer = '4915550001111';

/** A turn, as far as an activity is made of it. */
function turn(content: Partial<InboundContent> = {}, over: Partial<TurnMessage> = {}): Turn {
  return {
    conversation: {
      id: 'c_opaque',
      channel: 'meta',
      business: '106540352242922',
      customer,
      holder: 'bot',
      version: 0,
      windowFrom: sentAt,
    },
    message: {
      ref: 'm7',
      messageId: 'wamid.in',
      kind: 'message',
      content: { type: 'text', ...content },
      characters: 0,
      sentAt,
      admittedAt: sentAt + 5,
      ...over,
    },
  } as Turn;
}

describe('toActivity', () => {
  it('gives a bot the message as adapters for WhatsApp have done before', () => {
    const { conversation, ...activity } = toActivity(turn({ text: 'Hello', name: 'Anna' }));
    assert.deepEqual([conversation.id, conversation.isGroup], ['c_opaque', false]);
    assert.deepEqual(activity, {
      type: 'message',
      id: 'wamid.in',
      channelId: 'whatsapp',
      serviceUrl: 'urn:bluetick:meta',
      timestamp: new Date(sentAt),
      from: { id: customer, name: 'Anna', role: 'user' },
      recipient: { id: '106540352242922', role: 'bot' },
      text: 'Hello',
      textFormat: 'plain',
      attachments: [],
      channelData: {
        channel: 'meta',
        business: '106540352242922',
        message: { type: 'text', text: 'Hello', name: 'Anna' },
      },
    });
  });

  it('puts no phone number into the conversation, which keys a bot’s state', () => {
    const { conversation } = toActivity(turn({ text: 'Hello', name: 'Anna' }));
    assert.doesNotMatch(JSON.stringify(conversation), /4915550001111/);
  });

  it('takes our own id where the provider gave the message none', () => {
    assert.equal(toActivity(turn({ text: 'Hello' }, { messageId: undefined })).id, 'm7');
  });

  const contents: readonly [what: string, content: Partial<InboundContent>, expected: object][] = [
    ['an empty text where the message has none', { type: 'unsupported' }, { text: '', attachments: [] }],
    [
      'the payload of a pressed button as the value',
      { type: 'button', text: 'Yes', payload: 'YES' },
      { text: 'Yes', value: 'YES' },
    ],
    [
      'what a message quotes as replyToId',
      { text: 'this one', replyTo: 'wamid.out' },
      { replyToId: 'wamid.out' },
    ],
    [
      'a picture as an attachment, its caption as the text',
      { type: 'image', text: 'look', media: { type: 'image', id: '11/22', contentType: 'image/jpeg' } },
      {
        text: 'look',
        attachments: [{ contentType: 'image/jpeg', contentUrl: 'urn:bluetick:media:11%2F22' }],
      },
    ],
    [
      'the name of a document',
      {
        type: 'document',
        media: { type: 'document', id: '33', contentType: 'application/pdf', fileName: 'bill.pdf' },
      },
      {
        attachments: [
          { contentType: 'application/pdf', contentUrl: 'urn:bluetick:media:33', name: 'bill.pdf' },
        ],
      },
    ],
    [
      'what WhatsApp shows a file as where the provider tells no type',
      { type: 'audio', media: { type: 'audio', id: '44' } },
      { attachments: [{ contentType: 'audio', contentUrl: 'urn:bluetick:media:44' }] },
    ],
    [
      'the address of a file that has no id, as it comes over RCS',
      {
        type: 'userFile',
        media: { type: 'image', url: 'https://rcs.example.com/f?a=1', contentType: 'image/png' },
      },
      { attachments: [{ contentType: 'image/png', contentUrl: 'https://rcs.example.com/f?a=1' }] },
    ],
    [
      'a file that cannot be fetched, without an address',
      { type: 'sticker', media: { type: 'sticker', contentType: 'image/webp' } },
      { attachments: [{ contentType: 'image/webp' }] },
    ],
  ];
  for (const [what, content, expected] of contents) {
    it(`gives ${what}`, () => {
      const activity = toActivity(turn(content));
      assert.equal(activity.type, 'message');
      const got = Object.fromEntries(Object.entries(activity).filter(([name]) => name in expected));
      assert.deepEqual(got, expected);
    });
  }

  it('has neither value nor replyToId where there is none', () => {
    const activity = toActivity(turn({ text: 'Hello' }));
    assert.equal('value' in activity, false);
    assert.equal('replyToId' in activity, false);
  });

  it('hands a location over in channelData, word for word', () => {
    const location = { latitude: 53.5, longitude: 10, name: 'Harbour', address: 'Dock Street 7' };
    const { channelData } = toActivity(turn({ type: 'location', location }));
    assert.deepEqual(channelData.message, { type: 'location', location });
  });

  const kinds: readonly [
    what: string,
    kind: InboundKind,
    content: Partial<InboundContent>,
    expected: object,
  ][] = [
    [
      'an opened chat: the customer and the bot have joined',
      'welcome',
      { type: 'request_welcome', name: 'Anna' },
      {
        type: 'conversationUpdate',
        membersAdded: [
          { id: customer, name: 'Anna', role: 'user' },
          { id: '106540352242922', role: 'bot' },
        ],
      },
    ],
    [
      'a reaction',
      'reaction',
      { type: 'reaction', reaction: { to: 'wamid.out', emoji: '👍' } },
      { type: 'messageReaction', replyToId: 'wamid.out', reactionsAdded: [{ type: '👍' }] },
    ],
    [
      'a reaction that was taken back',
      'reaction',
      { type: 'reaction', reaction: { to: 'wamid.out' } },
      { type: 'messageReaction', replyToId: 'wamid.out', reactionsRemoved: [{ type: 'unknown' }] },
    ],
  ];
  for (const [what, kind, content, expected] of kinds) {
    it(`is no message for ${what}`, () => {
      const activity: object = toActivity(turn(content, { kind }));
      const common = [
        'id',
        'channelId',
        'serviceUrl',
        'timestamp',
        'conversation',
        'from',
        'recipient',
        'channelData',
      ];
      const own = Object.fromEntries(Object.entries(activity).filter(([name]) => !common.includes(name)));
      assert.deepEqual(own, expected);
    });
  }
});
