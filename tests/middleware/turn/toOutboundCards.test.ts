import assert from 'node:assert/strict';
import type { Interactive, OutboundContent } from '../../../middleware/domain.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';
import { toOutbound } from '../../../middleware/turn/toOutbound.ts';

const family = 'application/vnd.microsoft.card.';
const hero = (content: object) => ({ contentType: `${family}hero`, content });
const adaptive = (content: object) => ({
  contentType: `${family}adaptive`,
  content: { type: 'AdaptiveCard', ...content },
});
const block = (text: string) => ({ type: 'TextBlock', text });
const submit = (title: string, data?: unknown) => ({ type: 'Action.Submit', title, data });
const back = (title: string, value: unknown = title) => ({ type: 'imBack', title, value });
const suggested = (...actions: object[]) => ({ suggestedActions: { actions } });
const url = 'https://example.com/a.png';
const picture = { contentType: 'image/png', contentUrl: url };
const pictureMedia = { type: 'image', url, contentType: 'image/png' } as const;

const text = (said: string): OutboundContent => ({ type: 'text', text: said });
const media = (more: object = {}): OutboundContent => ({
  type: 'media',
  media: { type: 'image', url, ...more },
});
const buttons = (body: string, titles: Record<string, string>, more: Partial<Interactive> = {}) =>
  ({
    type: 'interactive',
    interactive: {
      kind: 'buttons',
      ...more,
      body,
      buttons: Object.entries(titles).map(([id, title]) => ({ id, title })),
    },
  }) as OutboundContent;
const list = (body: string, rows: readonly object[], more: object = {}) =>
  ({
    type: 'interactive',
    interactive: { kind: 'list', button: 'Options', rows, ...more, body },
  }) as OutboundContent;

const letters = (count: number) => [...'abcdefghijklmnop'].slice(0, count);
const numbered = (titles: readonly string[]) => titles.map((title, at) => `${at + 1}. ${title}`).join('\n');
const rows = (count: number) => letters(count).map(title => ({ id: title, title }));
const ab = suggested(back('A', 'a'), back('B', 'b'));
const asA = { a: 'A' };
const paragraph = 'word '.repeat(180).trim();

type Case = readonly [what: string, activity: ActivityLike, contents: readonly OutboundContent[]];

const suites: Readonly<Record<string, readonly Case[]>> = {
  'suggested actions': [
    ['1 as a button', { text: 'Hi', ...suggested(back('A', 'a')) }, [buttons('Hi', asA)]],
    [
      '3 as buttons',
      { text: 'Hi', ...suggested(...letters(3).map(title => back(title))) },
      [buttons('Hi', { a: 'a', b: 'b', c: 'c' })],
    ],
    ['4 as a list', { text: 'Hi', ...suggested(...letters(4).map(it => back(it))) }, [list('Hi', rows(4))]],
    [
      '10 as a list',
      { text: 'Hi', ...suggested(...letters(10).map(it => back(it))) },
      [list('Hi', rows(10))],
    ],
    [
      '11 as numbered text',
      { text: 'Hi', ...suggested(...letters(11).map(it => back(it))) },
      [text(`Hi\n${numbered(letters(11))}`)],
    ],
    [
      'a title of 20 characters as a button',
      { text: 'Hi', ...suggested(back('x'.repeat(20), 'a')) },
      [buttons('Hi', { a: 'x'.repeat(20) })],
    ],
    [
      'a title of 21 characters as a list',
      { text: 'Hi', ...suggested(back('x'.repeat(21), 'a')) },
      [list('Hi', [{ id: 'a', title: 'x'.repeat(21) }])],
    ],
    [
      'a title of 25 characters as a row with a description',
      { text: 'Hi', ...suggested(back('Talk to a human being now', 'a')) },
      [
        list('Hi', [
          { id: 'a', title: 'Talk to a human being n…', description: 'Talk to a human being now' },
        ]),
      ],
    ],
    [
      'a title of 72 characters as a row',
      { text: 'Hi', ...suggested(back('x'.repeat(72), 'a')) },
      [list('Hi', [{ id: 'a', title: `${'x'.repeat(23)}…`, description: 'x'.repeat(72) }])],
    ],
    [
      'a title of 73 characters as numbered text',
      { text: 'Hi', ...suggested(back('x'.repeat(73), 'a'), back('B')) },
      [text(`Hi\n1. ${'x'.repeat(73)}\n2. B`)],
    ],
    [
      'titles that would be cut to the same as numbered text',
      { text: 'Hi', ...suggested(back(`${'x'.repeat(24)}1`), back(`${'x'.repeat(24)}2`)) },
      [text(`Hi\n1. ${'x'.repeat(24)}1\n2. ${'x'.repeat(24)}2`)],
    ],
    [
      'an id of 256 characters as a button',
      { text: 'Hi', ...suggested(back('A', 'x'.repeat(256))) },
      [buttons('Hi', { ['x'.repeat(256)]: 'A' })],
    ],
    [
      'an id of 257 characters as numbered text: ids are not cut',
      { text: 'Hi', ...suggested(back('A', 'x'.repeat(257))) },
      [text('Hi\n1. A')],
    ],
    [
      'an id with a space at its end as numbered text',
      { text: 'Hi', ...suggested(back('A', 'a ')) },
      [text('Hi\n1. A')],
    ],
    [
      'the same id twice as numbered text',
      { text: 'Hi', ...suggested(back('A', 'a'), back('B', 'a')) },
      [text('Hi\n1. A\n2. B')],
    ],
    [
      'a value that is no text as JSON',
      { text: 'Hi', ...suggested({ type: 'postBack', title: 'A', value: { n: 1 } }, back('B', 7)) },
      // An id that looks like a number would come first in an object.
      [
        {
          type: 'interactive',
          interactive: {
            kind: 'buttons',
            body: 'Hi',
            buttons: [
              { id: '{"n":1}', title: 'A' },
              { id: '7', title: 'B' },
            ],
          },
        },
      ],
    ],
    [
      'the title as the value, and the value as the title, where the other is missing',
      {
        text: 'Hi',
        ...suggested({ type: 'imBack', title: 'A' }, { type: 'imBack', value: 'b' }, { type: 'imBack' }),
      },
      [buttons('Hi', { A: 'A', b: 'b' })],
    ],
    [
      'the texts of a messageBack',
      {
        text: 'Hi',
        ...suggested(
          { type: 'messageBack', title: 'A', text: 'a', displayText: 'I take A' },
          { type: 'messageBack', displayText: 'I take B', text: 'b' },
        ),
      },
      [buttons('Hi', { a: 'A', b: 'I take B' })],
    ],
    ['a title on one line', { text: 'Hi', ...suggested(back(' A\nB ', 'a')) }, [buttons('Hi', { a: 'A B' })]],
    [
      'links and calls as lines, others as buttons',
      {
        text: 'Hi',
        ...suggested(
          { type: 'openUrl', title: 'Site', value: 'https://example.com' },
          back('A', 'a'),
          { type: 'call', title: 'Call', value: 'tel:+1' },
          { type: 'signin', value: 'https://example.com/in' },
          { type: 'invoke', title: 'More', value: { x: 1 } },
          { type: 'invoke' },
        ),
      },
      [buttons('Hi\nSite: https://example.com\nCall: tel:+1\nhttps://example.com/in\nMore', asA)],
    ],
    ['none', { text: 'Hi', ...suggested() }, [text('Hi')]],
    ['under no text', suggested(back('A', 'a')), [buttons('Options', asA)]],
    [
      'under a picture and its text',
      { text: 'Hi', attachments: [picture], ...ab },
      [buttons('Hi', { a: 'A', b: 'B' }, { header: pictureMedia })],
    ],
    [
      'under a picture alone',
      { attachments: [picture], ...suggested(back('A', 'a')) },
      [buttons('Options', asA, { header: pictureMedia })],
    ],
    [
      'as a list after the picture',
      { text: 'Hi', attachments: [picture], ...suggested(...letters(4).map(it => back(it))) },
      [{ type: 'media', media: pictureMedia }, list('Hi', rows(4))],
    ],
    [
      'before a voice message, which cannot stand above them',
      {
        text: 'Hi',
        attachments: [{ contentType: 'audio/ogg', contentUrl: url }],
        ...suggested(back('A', 'a')),
      },
      [buttons('Hi', asA), { type: 'media', media: { type: 'audio', url, contentType: 'audio/ogg' } }],
    ],
    [
      'after several files without a text',
      { attachments: [picture, picture], ...suggested(back('A', 'a')) },
      [
        { type: 'media', media: pictureMedia },
        { type: 'media', media: pictureMedia },
        buttons('Options', asA),
      ],
    ],
    [
      'with the text before cards',
      { text: 'Hi', attachments: [hero({ title: 'Card' })], ...suggested(back('A', 'a')) },
      [buttons('Hi', asA), text('Card')],
    ],
    [
      'with the last card where there is no text',
      {
        attachments: [hero({ title: 'C1' }), hero({ title: 'C2', buttons: [back('B', 'b')] }), picture],
        ...suggested(back('A', 'a')),
      },
      [text('C1'), buttons('C2', { b: 'B', ...asA }), { type: 'media', media: pictureMedia }],
    ],
  ],
  'hero and thumbnail cards': [
    [
      'all of it, with the picture above the buttons',
      {
        attachments: [
          hero({ title: 'T', subtitle: 'S', text: 'X', images: [{ url }], buttons: [back('A', 'a')] }),
        ],
      },
      [buttons('T\nS\nX', asA, { header: { type: 'image', url } })],
    ],
    [
      'the title as the header where there is no picture',
      { attachments: [hero({ title: 'T', text: 'X', buttons: [back('A', 'a')] })] },
      [buttons('X', asA, { header: { text: 'T' } })],
    ],
    [
      'the title as the header of a list, after the picture',
      {
        attachments: [
          hero({ title: 'T', text: 'X', images: [{ url }], buttons: letters(4).map(it => back(it)) }),
        ],
      },
      [media(), list('X', rows(4), { header: { text: 'T' } })],
    ],
    [
      'a title that is too long for a header as text',
      { attachments: [hero({ title: 'T'.repeat(61), text: 'X', buttons: [back('A', 'a')] })] },
      [buttons(`${'T'.repeat(61)}\nX`, asA)],
    ],
    [
      'a title of two lines as text',
      { attachments: [hero({ title: 'T\nU', text: 'X', buttons: [back('A', 'a')] })] },
      [buttons('T\nU\nX', asA)],
    ],
    [
      'the title alone as the body',
      { attachments: [hero({ title: 'T', buttons: [back('A', 'a')] })] },
      [buttons('T', asA)],
    ],
    [
      'no buttons as a picture with a caption',
      { attachments: [hero({ title: 'T', text: 'X', images: [{ url }] })] },
      [media({ caption: 'T\nX' })],
    ],
    [
      'a text that is too long for a caption after the picture',
      { attachments: [hero({ text: 'x'.repeat(1025), images: [{ url }] })] },
      [media(), text('x'.repeat(1025))],
    ],
    [
      'further pictures before the card',
      { attachments: [hero({ text: 'X', images: [{ url }, { url }], buttons: [back('A', 'a')] })] },
      [media(), buttons('X', asA, { header: { type: 'image', url } })],
    ],
    ['a picture alone', { attachments: [hero({ images: [{ url }, {}] })] }, [media()]],
    [
      'links, and what a tap opens, as lines',
      {
        attachments: [
          hero({
            text: 'X',
            buttons: [{ type: 'openUrl', title: 'Go', value: url }],
            tap: { type: 'openUrl', value: 'https://example.com' },
          }),
        ],
      },
      [text(`X\nGo: ${url}\nhttps://example.com`)],
    ],
    [
      'cards in their order, after the text',
      {
        text: 'Hi',
        attachments: [hero({ title: 'C1' }), { ...hero({ title: 'C2' }), contentType: `${family}Thumbnail` }],
      },
      [text('Hi'), text('C1'), text('C2')],
    ],
    [
      'too many buttons as numbered text under the picture',
      { attachments: [hero({ text: 'X', images: [{ url }], buttons: letters(11).map(it => back(it)) })] },
      [media({ caption: `X\n${numbered(letters(11))}` })],
    ],
  ],
  'adaptive cards': [
    [
      'the texts of all elements, in order',
      {
        attachments: [
          adaptive({
            body: [
              block('one'),
              {
                type: 'RichTextBlock',
                inlines: ['two', { type: 'TextRun', text: ' ' }, { type: 'TextRun', text: 'three' }],
              },
              {
                type: 'FactSet',
                facts: [
                  { title: 'four', value: 'five' },
                  { title: 'six', value: 7 },
                ],
              },
              { type: 'Container', items: [block('eight'), { type: 'Container', items: [block('nine')] }] },
              { type: 'ColumnSet', columns: [{ items: [block('ten')] }, { items: [block('eleven')] }] },
              { type: 'Table', rows: [{ type: 'TableRow', cells: [{ items: [block('twelve')] }] }] },
              { type: 'NextYear', items: [block('thirteen')] },
              block(' '),
              null,
            ],
          }),
        ],
      },
      [text('one\ntwo three\nfour: five\nsix: 7\neight\nnine\nten\neleven\ntwelve\nthirteen')],
    ],
    [
      'actions as buttons, wherever they are',
      {
        attachments: [
          adaptive({
            body: [block('X'), { type: 'ActionSet', actions: [submit('A', { a: 1 })] }],
            actions: [submit('B', 'b'), { type: 'Action.Execute', title: 'C', verb: 'c' }],
          }),
        ],
      },
      [buttons('X', { '{"a":1}': 'A', b: 'B', C: 'C' })],
    ],
    [
      'the title for data that is too long, empty or missing',
      {
        attachments: [
          adaptive({
            body: [block('X')],
            actions: [submit('A', { a: 'x'.repeat(256) }), submit('B', {}), submit('C'), submit('')],
          }),
        ],
      },
      [buttons('X', { A: 'A', B: 'B', C: 'C' })],
    ],
    [
      'links as lines',
      {
        attachments: [
          adaptive({ body: [block('X')], actions: [{ type: 'Action.OpenUrl', title: 'Go', url }] }),
        ],
      },
      [text(`X\nGo: ${url}`)],
    ],
    [
      'the first picture above the buttons, others before',
      {
        attachments: [
          adaptive({
            body: [
              { type: 'Image', url },
              block('X'),
              { type: 'ImageSet', images: [{ type: 'Image', url: 'https://example.com/b.png' }] },
            ],
            actions: [submit('A', 'a')],
          }),
        ],
      },
      [
        { type: 'media', media: { type: 'image', url: 'https://example.com/b.png' } },
        buttons('X', asA, { header: { type: 'image', url } }),
      ],
    ],
    [
      'what unfolds at once',
      {
        attachments: [
          adaptive({
            body: [block('X')],
            actions: [
              {
                type: 'Action.ShowCard',
                title: 'More',
                card: { body: [block('Y')], actions: [submit('A', 'a')] },
              },
              { type: 'Action.ToggleVisibility', title: 'Less' },
            ],
          }),
        ],
      },
      [buttons('X\nMore\nY\nLess', asA)],
    ],
    [
      'inputs as what they ask',
      {
        attachments: [
          adaptive({
            body: [
              {
                type: 'Input.Text',
                label: 'Name',
                placeholder: 'Yours',
                inlineAction: submit('A', 'a'),
              },
              { type: 'Input.ChoiceSet', choices: [{ title: 'Red', value: 'r' }] },
              { type: 'Input.Toggle', title: 'Agree' },
            ],
          }),
        ],
      },
      [buttons('Name\nYours\nRed\nAgree', asA)],
    ],
    [
      'what is pressed without being a button',
      {
        attachments: [
          adaptive({
            body: [
              { type: 'Container', items: [block('X')], selectAction: submit('A', 'a') },
              {
                type: 'RichTextBlock',
                inlines: [
                  { type: 'TextRun', text: 'Y', selectAction: { type: 'Action.OpenUrl', title: 'Go', url } },
                ],
              },
              { type: 'Media', sources: [{ url: 'https://example.com/v.mp4' }] },
            ],
          }),
        ],
      },
      [buttons(`X\nY\nGo: ${url}\nhttps://example.com/v.mp4`, asA)],
    ],
  ],
  'long texts': [
    ['4096 characters as one message', { text: 'x'.repeat(4096) }, [text('x'.repeat(4096))]],
    ['4097 characters as two', { text: 'x'.repeat(4097) }, [text('x'.repeat(4096)), text('x')]],
    [
      'several paragraphs, cut between them',
      { text: Array(5).fill(paragraph).join('\n\n') },
      [text(Array(4).fill(paragraph).join('\n\n')), text(paragraph)],
    ],
    [
      'before the buttons, what their body does not hold',
      { text: `${paragraph}\n\n${paragraph}`, ...suggested(back('A', 'a')) },
      [text(paragraph), buttons(paragraph, asA)],
    ],
    [
      'after the picture, which stands above short texts only',
      {
        attachments: [
          hero({ text: `${paragraph}\n\n${paragraph}`, images: [{ url }], buttons: [back('A', 'a')] }),
        ],
      },
      [media(), text(paragraph), buttons(paragraph, asA)],
    ],
    [
      'after the title, which is a header over short texts only',
      {
        attachments: [hero({ title: 'T', text: `${paragraph}\n\n${paragraph}`, buttons: [back('A', 'a')] })],
      },
      [text(`T\n${paragraph}`), buttons(paragraph, asA)],
    ],
    [
      'buttons under 1024 characters',
      { text: 'x'.repeat(1024), ...suggested(back('A', 'a')) },
      [buttons('x'.repeat(1024), asA)],
    ],
    [
      'buttons under the end of 1025 characters',
      { text: `${'x'.repeat(1000)}\n${'y'.repeat(24)}`, ...suggested(back('A', 'a')) },
      [text('x'.repeat(1000)), buttons('y'.repeat(24), asA)],
    ],
    [
      'a list under 4096 characters',
      { text: 'x'.repeat(4096), ...suggested(...letters(4).map(it => back(it))) },
      [list('x'.repeat(4096), rows(4))],
    ],
    ['white space as nothing', { text: ' \n ' }, []],
  ],
};

describe('toOutbound: choices, cards and long texts', () => {
  for (const [name, cases] of Object.entries(suites)) {
    describe(name, () => {
      for (const [what, activity, contents] of cases) {
        it(`makes ${what}`, () => assert.deepEqual(toOutbound({ type: 'message', ...activity }), contents));
      }
    });
  }

  it('refuses a card that says nothing', () => {
    for (const attachment of [hero({}), adaptive({}), { contentType: `${family}hero` }]) {
      assert.throws(() => toOutbound({ type: 'message', text: 'Hi', attachments: [attachment] }), {
        code: 'invalid_request',
        field: 'attachments',
        message: `attachments: got one of type "${attachment.contentType}" that says nothing; allowed: cards with a text, an image or a button`,
      });
    }
  });

  it('refuses a card whose image is no web address, and does not repeat it', () => {
    const images = [{ url: 'data:image/png;base64,c2VjcmV0' }];
    const body = images.map(image => ({ type: 'Image', ...image }));
    for (const attachment of [hero({ images }), adaptive({ body })]) {
      assert.throws(() => toOutbound({ type: 'message', attachments: [attachment] }), {
        code: 'invalid_request',
        field: 'attachments',
        message: `attachments: got one of type "${attachment.contentType}" whose image has no web address; allowed: images with url https://…`,
      });
    }
  });
});
