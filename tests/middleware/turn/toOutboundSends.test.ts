import assert from 'node:assert/strict';
import { textOf } from '../../../middleware/channels/google/interactiveBody.ts';
import type { ChannelName, OutboundContent } from '../../../middleware/domain.ts';
import type { ActivityLike, AttachmentLike } from '../../../middleware/turn/structuralTypes.ts';
import { toOutbound } from '../../../middleware/turn/toOutbound.ts';
import { declaredChannels } from '../../checks/channelTables.ts';

/** What a channel's own folder says that it sends. */
const sendsOf = (name: ChannelName) =>
  declaredChannels.find(channel => channel.name === name)?.capabilities.sends ?? assert.fail(name);
const over = (name: ChannelName, activity: ActivityLike) =>
  toOutbound({ type: 'message', ...activity }, sendsOf(name));

const text = (said: string): OutboundContent => ({ type: 'text', text: said });
const actions = (...titles: string[]) => ({
  suggestedActions: { actions: titles.map(title => ({ type: 'imBack', title, value: title })) },
});
const url = 'https://example.com/map.png';
const picture = { contentType: 'image/png', contentUrl: url };
const bill = {
  contentType: 'application/pdf',
  contentUrl: 'https://example.com/b.pdf',
  name: 'bill.pdf',
};
const voice = { contentType: 'audio/ogg', contentUrl: 'https://example.com/v.ogg' };
const hero = (content: object): AttachmentLike => ({
  contentType: 'application/vnd.microsoft.card.hero',
  content,
});
const card = hero({
  title: 'Bicycles',
  text: 'Which one?',
  images: [{ url }],
  buttons: ['Red', 'Blue'].map(title => ({ type: 'postBack', title, value: { colour: title } })),
});
const template = { name: 'ready', language: 'en_US' };
const pictureMedia = { type: 'image', url, contentType: 'image/png' } as const;

const suites: Readonly<Record<string, readonly [what: string, ActivityLike, readonly OutboundContent[]][]>> =
  {
    twilio: [
      [
        'numbered lines of choices, as they are written',
        { text: 'Which?', ...actions('One', 'A title that is longer than a button’s') },
        [text('Which?\n1. One\n2. A title that is longer than a button’s')],
      ],
      ['numbered lines alone where nothing is said', actions('Yes', 'No'), [text('1. Yes\n2. No')]],
      [
        'a picture of which the caption has the choices',
        { text: 'Here?', attachments: [picture], ...actions('Yes', 'No') },
        [{ type: 'media', media: { ...pictureMedia, caption: 'Here?\n1. Yes\n2. No' } }],
      ],
      [
        'a card’s picture, text and choices in one',
        { attachments: [card] },
        [
          {
            type: 'media',
            media: { type: 'image', url, caption: 'Bicycles\nWhich one?\n1. Red\n2. Blue' },
          },
        ],
      ],
      [
        'a picture before a text that no caption holds',
        { text: 'x'.repeat(1025), attachments: [picture], ...actions('Yes') },
        [{ type: 'media', media: pictureMedia }, text(`${'x'.repeat(1025)}\n1. Yes`)],
      ],
      ['a text of 1600 characters', { text: 'x'.repeat(1600) }, [text('x'.repeat(1600))]],
      [
        'several messages of a longer text, in its order',
        { text: `${'a'.repeat(1500)}\n${'b'.repeat(1500)} ${'c'.repeat(1500)}` },
        [text('a'.repeat(1500)), text('b'.repeat(1500)), text('c'.repeat(1500))],
      ],
      [
        'a template, which it has',
        { text: 'not this', channelData: { template } },
        [{ type: 'template', template }],
      ],
    ],
    waha: [
      ['the address of a file', { attachments: [picture] }, [text(url)]],
      ['a caption and the address', { text: 'Here', attachments: [picture] }, [text(`Here\n${url}`)]],
      [
        'a document by its name',
        { text: 'Thanks', attachments: [bill] },
        [text(`Thanks\nbill.pdf: ${bill.contentUrl}`)],
      ],
      [
        'files one after the other, behind the text',
        { text: 'Both', attachments: [picture, voice] },
        [text('Both'), text(url), text(voice.contentUrl)],
      ],
      [
        'a card with the address of its picture in the text, above the choices',
        { attachments: [card] },
        [text(`Bicycles\nWhich one?\n${url}\n1. Red\n2. Blue`)],
      ],
      [
        'a picture under a question the same way',
        { text: 'Here?', attachments: [picture], ...actions('Yes', 'No') },
        [text(`Here?\n${url}\n1. Yes\n2. No`)],
      ],
      [
        'the choices of a card and those that are suggested',
        { attachments: [card], ...actions('Neither') },
        [text(`Bicycles\nWhich one?\n${url}\n1. Red\n2. Blue\n3. Neither`)],
      ],
      [
        'several messages of more than WhatsApp’s own limit, though none is known',
        { text: `${'a'.repeat(4000)} ${'b'.repeat(100)}` },
        [text('a'.repeat(4000)), text('b'.repeat(100))],
      ],
      [
        'what is said beside a template, which it has not',
        { text: 'Your bicycle is ready.', channelData: { template } },
        [text('Your bicycle is ready.')],
      ],
      [
        'a template that says nothing else: it is refused, with the reason',
        { channelData: { template } },
        [{ type: 'template', template }],
      ],
    ],
    google: [
      [
        'buttons under a picture, which it has',
        { text: 'Here?', attachments: [picture], ...actions('Yes') },
        [
          {
            type: 'interactive',
            interactive: {
              kind: 'buttons',
              header: pictureMedia,
              body: 'Here?',
              buttons: [{ id: 'Yes', title: 'Yes' }],
            },
          },
        ],
      ],
      [
        'several messages of more than 3072 characters',
        { text: `${'a'.repeat(3072)} b` },
        [text('a'.repeat(3072)), text('b')],
      ],
    ],
  };

describe('toOutbound, by what the channel sends', () => {
  for (const [name, cases] of Object.entries(suites)) {
    describe(name, () => {
      for (const [what, activity, contents] of cases) {
        it(`makes ${what}`, () => assert.deepEqual(over(name as ChannelName, activity), contents));
      }
    });
  }

  it('leaves a list room for its rows where they are told in the text', () => {
    const titles = Array.from({ length: 10 }, (_, index) => `${index} ${'t'.repeat(70)}`);
    const contents = over('google', { text: 'word '.repeat(1000).trim(), ...actions(...titles) });
    for (const content of contents) {
      const said = content.type === 'interactive' ? textOf(content.interactive) : undefined;
      const told = content.type === 'text' ? content.text : said;
      assert.ok(told !== undefined && told.length <= 3072, `${told?.length} characters`);
    }
    assert.equal(contents.at(-1)?.type, 'interactive');
  });

  it('refuses an address that might have to be cut, and says why without it', () => {
    const long = `https://example.com/${'a'.repeat(2048)}`;
    const parts = [
      { contentType: 'image/png', contentUrl: long },
      hero({ text: 'Look', images: [{ url: long }] }),
    ];
    for (const [index, attachment] of parts.entries()) {
      assert.throws(() => over('wawp', { attachments: [attachment] }), {
        code: 'invalid_request',
        field: 'attachments',
        message: `attachments: got one of type "${['image/png', 'image'][index]}" whose address has 2068 characters; the channel sends no files, and in a text an address has 2048 at most`,
      });
      assert.equal(over('meta', { attachments: [attachment] }).length, 1);
    }
  });

  it('cuts no address in two, wherever it stands', () => {
    const contentUrl = `https://example.com/${'a'.repeat(2000)}`;
    for (let before = 0; before <= 4096; before += 64) {
      const name = 'n'.repeat(before);
      const texts = over('wawp', { attachments: [{ contentType: 'text/plain', contentUrl, name }] });
      assert.ok(texts.some(content => content.type === 'text' && content.text.includes(contentUrl)));
    }
  });

  it('leaves what a channel has as it is on WhatsApp', () => {
    const activity = { type: 'message', text: 'Here?', attachments: [picture, card], ...actions('Yes') };
    for (const name of ['acs', 'meta', 'simulator'] as const)
      assert.deepEqual(over(name, activity), toOutbound(activity));
  });
});
