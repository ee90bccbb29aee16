import assert from 'node:assert/strict';
import { sendForm } from '../../../../middleware/channels/twilio/sendForm.ts';
import type {
  FailureName,
  Interactive,
  OutboundContent,
  TemplateParameter,
} from '../../../../middleware/domain.ts';
import { business, customer, fixture, publicUrl } from './samples.ts';

const correlation = 'c0ffee00-0000-4000-8000-000000000001';
const formOf = (content: OutboundContent, to = customer) =>
  sendForm({ business, customer: to, content, correlation }, publicUrl);
/** What a content adds to the form. */
function partOf(content: OutboundContent): object {
  const { To: _, From: __, StatusCallback: ___, ...part } = formOf(content);
  return part;
}
const media = (type: 'image' | 'audio' | 'video' | 'document' | 'sticker') =>
  ({
    type: 'media',
    media: { type, url: 'https://example.com/a', caption: 'A', fileName: 'a.pdf' },
  }) as const;
const content = 'HX00000000000000000000000000000001';
const template = (name: string, body: readonly TemplateParameter[] = []): OutboundContent => ({
  type: 'template',
  template: { name, language: 'en_US', body },
});

describe('the form of a message over Twilio', () => {
  it('is the documented one', () => {
    const { fields } = fixture<{ fields: object }>('send-text');
    assert.deepEqual(formOf({ type: 'text', text: 'Hello', replyTo: 'SM1' }), fields);
  });
  it('asks for retries in the fragment, and brings the correlation back in the query', () => {
    const { pathname, search, hash } = new URL(String(formOf({ type: 'text', text: 'x' }).StatusCallback));
    assert.deepEqual(
      [pathname, search, hash],
      ['/webhooks/twilio/status', `?ref=${correlation}`, '#rp=5xx&rc=5'],
    );
  });
  it('names who hides the number as the inbound message did', () =>
    assert.equal(formOf({ type: 'text', text: 'x' }, 'US.1349').To, 'whatsapp:US.1349'));
  it('shows captions where WhatsApp does', () => {
    for (const type of ['image', 'video', 'document'] as const)
      assert.deepEqual(partOf(media(type)), { MediaUrl: 'https://example.com/a', Body: 'A' });
    for (const type of ['audio', 'sticker'] as const)
      assert.deepEqual(partOf(media(type)), { MediaUrl: 'https://example.com/a' });
  });
  it('counts the variables of a template through, the header’s first', () => {
    assert.deepEqual(partOf(template(content)), { ContentSid: content });
    const both: OutboundContent = {
      type: 'template',
      template: {
        name: content,
        language: 'en',
        header: [{ type: 'image', url: 'https://example.com/h.jpg' }],
        body: [
          { type: 'text', text: '"Ann"' },
          { type: 'text', text: '7' },
        ],
      },
    };
    const ContentVariables = '{"1":"https://example.com/h.jpg","2":"\\"Ann\\"","3":"7"}';
    assert.deepEqual(partOf(both), { ContentSid: content, ContentVariables });
  });

  const buttons: Interactive = { kind: 'buttons', body: 'Shall we?', buttons: [{ id: 'y', title: 'Yes' }] };
  const byId: OutboundContent = { type: 'media', media: { type: 'image', id: 'ME1' } };
  const refused: readonly [string, OutboundContent, string, RegExp, is?: FailureName][] = [
    ['buttons', { type: 'interactive', interactive: buttons }, 'no_interactive', /content templates only/],
    ['a file by its id', byId, 'no_media', /an address/, 'media_refused'],
    ['a template by its name', template('order_update'), 'no_content_sid', /HX/, 'template_refused'],
    ['a text above the limit', { type: 'text', text: 'x'.repeat(1601) }, 'text_too_long', /1600/],
  ];
  for (const [what, given, providerCode, message, is = 'message_refused'] of refused) {
    it(`is refused for ${what}, with the reason`, () =>
      assert.throws(() => formOf(given), {
        providerCode,
        message,
        fault: 'permanent',
        is,
      }));
  }
  it('takes a text as long as Twilio does', () =>
    assert.deepEqual(partOf({ type: 'text', text: 'x'.repeat(1600) }), { Body: 'x'.repeat(1600) }));
});
