import assert from 'node:assert/strict';
import type { OutboundContent } from '../../../middleware/domain.ts';
import type { ActivityLike, AttachmentLike } from '../../../middleware/turn/structuralTypes.ts';
import { toOutbound } from '../../../middleware/turn/toOutbound.ts';

const picture = { contentType: 'image/png', contentUrl: 'https://example.com/map.png' };
const bill = {
  contentType: 'application/pdf',
  contentUrl: 'https://example.com/bill.pdf',
  name: 'bill.pdf',
};
const pictureMedia = { type: 'image', url: picture.contentUrl, contentType: 'image/png' } as const;
const billMedia = {
  type: 'document',
  url: bill.contentUrl,
  contentType: 'application/pdf',
  fileName: 'bill.pdf',
} as const;
const template = { name: 'ready', language: 'en_US', body: [{ type: 'text', text: 'Anna' }] } as const;

describe('toOutbound', () => {
  const forms: readonly [what: string, activity: ActivityLike, contents: readonly OutboundContent[]][] = [
    ['a text as it is', { text: ' Hello\n*you* ' }, [{ type: 'text', text: ' Hello\n*you* ' }]],
    ['nothing for an activity that says nothing', {}, []],
    ['nothing for an empty text', { text: '', attachments: [] }, []],
    ['a file alone', { attachments: [picture] }, [{ type: 'media', media: pictureMedia }]],
    [
      'a text beside one file as its caption',
      { text: 'Here', attachments: [picture] },
      [{ type: 'media', media: { ...pictureMedia, caption: 'Here' } }],
    ],
    [
      'the name of a document',
      { text: 'Here', attachments: [bill] },
      [{ type: 'media', media: { ...billMedia, caption: 'Here' } }],
    ],
    [
      'a caption of 1024 characters',
      { text: 'x'.repeat(1024), attachments: [picture] },
      [{ type: 'media', media: { ...pictureMedia, caption: 'x'.repeat(1024) } }],
    ],
    [
      'a longer text as a message of its own, before the file',
      { text: 'x'.repeat(1025), attachments: [picture] },
      [
        { type: 'text', text: 'x'.repeat(1025) },
        { type: 'media', media: pictureMedia },
      ],
    ],
    [
      'several files in their order, after the text',
      { text: 'Both', attachments: [picture, bill] },
      [
        { type: 'text', text: 'Both' },
        { type: 'media', media: pictureMedia },
        { type: 'media', media: billMedia },
      ],
    ],
    [
      'a template that channelData names, and nothing else',
      { text: 'not this', attachments: [picture], channelData: { template } },
      [{ type: 'template', template }],
    ],
    [
      'a text beside channelData of others',
      { text: 'Hi', channelData: { tags: 'x' } },
      [{ type: 'text', text: 'Hi' }],
    ],
    [
      'a text beside channelData that is none',
      { text: 'Hi', channelData: 'x' },
      [{ type: 'text', text: 'Hi' }],
    ],
    [
      'a text beside channelData that is null',
      { text: 'Hi', channelData: null },
      [{ type: 'text', text: 'Hi' }],
    ],
  ];
  for (const [what, activity, contents] of forms) {
    it(`makes ${what}`, () => assert.deepEqual(toOutbound({ type: 'message', ...activity }), contents));
  }

  const types: readonly [contentType: string | undefined, type: string][] = [
    ['image/jpeg', 'image'],
    ['image/webp', 'sticker'],
    ['audio/ogg', 'audio'],
    ['video/mp4', 'video'],
    ['application/pdf', 'document'],
    ['text/plain', 'document'],
    [undefined, 'document'],
  ];
  for (const [contentType, type] of types) {
    it(`shows a file of type ${contentType ?? 'unknown'} as ${type}`, () => {
      const attachment = { ...(contentType && { contentType }), contentUrl: 'https://example.com/f' };
      const media = { type, url: 'https://example.com/f', ...(contentType && { contentType }) };
      assert.deepEqual(toOutbound({ type: 'message', attachments: [attachment] }), [
        { type: 'media', media },
      ]);
    });
  }

  it('gives a name to documents only', () => {
    const [content] = toOutbound({ type: 'message', attachments: [{ ...picture, name: 'map.png' }] });
    assert.deepEqual(content, { type: 'media', media: pictureMedia });
  });

  for (const contentType of ['audio/ogg', 'image/webp']) {
    it(`sends the text before a file that can have no caption (${contentType})`, () => {
      const contents = toOutbound({
        type: 'message',
        text: 'Listen',
        attachments: [{ contentType, contentUrl: 'https://example.com/f' }],
      });
      assert.deepEqual(
        contents.map(content => (content.type === 'media' ? content.media.caption : content)),
        [{ type: 'text', text: 'Listen' }, undefined],
      );
    });
  }

  const cards: readonly [what: string, attachment: AttachmentLike][] = [
    [
      'a card of another kind',
      { contentType: 'application/vnd.microsoft.card.receipt', content: { title: 'Hi' } },
    ],
    ['inline data', { contentType: 'image/png', contentUrl: 'data:image/png;base64,AAAA' }],
    ['a file of this machine', { contentType: 'image/png', contentUrl: 'file:///etc/passwd' }],
    ['a file that a customer sent', { contentType: 'image/png', contentUrl: 'urn:bluetick:media:1' }],
  ];
  for (const [what, attachment] of cards) {
    it(`refuses ${what}, and says what is allowed`, () => {
      assert.throws(() => toOutbound({ type: 'message', text: 'Hi', attachments: [picture, attachment] }), {
        name: 'BluetickError',
        code: 'invalid_request',
        field: 'attachments',
        message: `attachments: got one of type ${JSON.stringify(attachment.contentType)} without a web address; allowed: files with contentUrl https://…, hero, thumbnail and adaptive cards`,
      });
    });
  }

  it('does not repeat the address of what it refuses: it may hold a secret', () => {
    const attachments = [{ contentType: 'image/png', contentUrl: 'data:image/png;base64,c2VjcmV0' }];
    assert.throws(
      () => toOutbound({ type: 'message', attachments }),
      error => error instanceof Error && !error.message.includes('c2VjcmV0'),
    );
  });

  for (const half of [
    { name: 'ready' },
    { language: 'en_US' },
    { name: 1, language: 'en_US' },
    null,
    'ready',
  ]) {
    it(`refuses the template ${JSON.stringify(half)}, and names the field`, () => {
      assert.throws(() => toOutbound({ type: 'message', text: 'Hi', channelData: { template: half } }), {
        code: 'invalid_request',
        field: 'channelData.template',
        message:
          'channelData.template: got one without a name and a language; allowed: { name, language, header?, body? }',
      });
    });
  }
});
