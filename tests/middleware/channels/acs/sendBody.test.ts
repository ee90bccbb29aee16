import assert from 'node:assert/strict';
import { needsPreview, readBody, sendBody } from '../../../../middleware/channels/acs/sendBody.ts';
import type { Media, OutboundContent } from '../../../../middleware/domain.ts';
import { ProviderError } from '../../../../middleware/errors.ts';

const business = '0f0eb78e-a576-1dfc-b414-0f0756de3338';
const body = (content: OutboundContent, customer = '14255551234') =>
  sendBody({ business, customer, content });
const head = { channelRegistrationId: business, to: ['+14255551234'] };
const url = 'https://example.com/f';

describe('the bodies of ACS', () => {
  it('mark a message read, and show typing only if asked', () => {
    const read = { channelRegistrationId: business, messageId: 'm' };
    assert.deepEqual(readBody({ business, messageId: 'm', typing: false }), read);
    assert.deepEqual(readBody({ business, messageId: 'm', typing: true }), {
      ...read,
      typingIndicator: true,
    });
  });

  it('send a text; a quote cannot be sent', () => {
    const text = { ...head, kind: 'text', content: 'hi' };
    assert.deepEqual(body({ type: 'text', text: 'hi' }), text);
    assert.deepEqual(body({ type: 'text', text: 'hi', replyTo: 'm' }), text);
  });

  it('address who hides the number in the same place', () => {
    const userId = 'US.13491208655302741918';
    assert.deepEqual(Reflect.get(body({ type: 'text', text: 'hi' }, userId), 'to'), [userId]);
  });

  const captioned = { caption: 'c', fileName: 'f', url };
  const files: [type: Media['type'], expected: object][] = [
    ['image', { mediaUri: url, caption: 'c' }],
    ['video', { mediaUri: url, caption: 'c' }],
    ['document', { mediaUri: url, caption: 'c', fileName: 'f' }],
    ['audio', { mediaUri: url }],
    ['sticker', { mediaUri: url }],
  ];
  for (const [type, expected] of files) {
    it(`send a file: ${type}`, () => {
      const media = { type, ...captioned };
      assert.deepEqual(body({ type: 'media', media }), { ...head, kind: type, ...expected });
    });
  }
  it('send no file by its id', () => {
    assert.throws(
      () => body({ type: 'media', media: { type: 'image', id: 'f' } }),
      (error: unknown) =>
        error instanceof ProviderError && error.providerCode === 'no_media' && error.is === 'media_refused',
    );
  });

  it('send a template without values, and with those of each part', () => {
    const template = { name: 'hello', language: 'en_US' };
    assert.deepEqual(body({ type: 'template', template }), { ...head, kind: 'template', template });
    const text = { type: 'text', text: 'Ann' } as const;
    const document = { type: 'document', url, fileName: 'a.pdf' } as const;
    assert.deepEqual(
      body({ type: 'template', template: { ...template, header: [document], body: [text, text] } }),
      {
        ...head,
        kind: 'template',
        template: {
          ...template,
          values: [
            { kind: 'document', name: 'header1', url, fileName: 'a.pdf' },
            { kind: 'text', name: 'body1', text: 'Ann' },
            { kind: 'text', name: 'body2', text: 'Ann' },
          ],
          bindings: {
            kind: 'whatsApp',
            header: [{ refValue: 'header1' }],
            body: [{ refValue: 'body1' }, { refValue: 'body2' }],
          },
        },
      },
    );
    const bare = body({ type: 'template', template: { ...template, header: [], body: [text] } });
    assert.deepEqual(Reflect.get(Reflect.get(bare, 'template'), 'bindings'), {
      kind: 'whatsApp',
      body: [{ refValue: 'body1' }],
    });
  });

  it('need the preview version for what no other has', () => {
    const buttons = [{ id: '1', title: 'One' }];
    const preview: OutboundContent[] = [
      { type: 'media', media: { type: 'sticker', url } },
      { type: 'interactive', interactive: { kind: 'buttons', body: 'b', buttons } },
    ];
    assert.deepEqual(preview.map(needsPreview), [true, true]);
    const stable: OutboundContent[] = [
      { type: 'text', text: 'hi' },
      { type: 'media', media: { type: 'image', url } },
      { type: 'template', template: { name: 'n', language: 'en' } },
    ];
    assert.deepEqual(stable.map(needsPreview), [false, false, false]);
  });
});
