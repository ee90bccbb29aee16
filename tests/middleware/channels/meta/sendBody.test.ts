import assert from 'node:assert/strict';
import { readBody, sendBody } from '../../../../middleware/channels/meta/sendBody.ts';
import type { InteractiveHeader, OutboundContent } from '../../../../middleware/domain.ts';

const body = (content: OutboundContent, customer = '16505551234') =>
  sendBody({ customer, content, correlation: 'c-1' });
const head = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '16505551234' };
const tail = { biz_opaque_callback_data: 'c-1' };

describe('readBody', () => {
  it('is the documented one, with and without typing', () => {
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.A' };
    assert.deepEqual(readBody('wamid.A', false), read);
    assert.deepEqual(readBody('wamid.A', true), { ...read, typing_indicator: { type: 'text' } });
  });
});

describe('sendBody', () => {
  it('sends a text, quoting another message if asked', () => {
    const text = { ...head, type: 'text', text: { body: 'hi' }, ...tail };
    assert.deepEqual(body({ type: 'text', text: 'hi' }), text);
    assert.deepEqual(body({ type: 'text', text: 'hi', replyTo: 'wamid.A' }), {
      ...text,
      context: { message_id: 'wamid.A' },
    });
  });
  it('addresses who hides the number with `recipient`, and never with both', () => {
    const sent = body({ type: 'text', text: 'hi' }, 'US.13491208655302741918');
    assert.equal(Reflect.get(sent, 'recipient'), 'US.13491208655302741918');
    assert.ok(!('to' in sent));
  });
  const url = 'https://example.com/f';
  it('sends files by address, or else by id', () => {
    const caption = 'c';
    for (const type of ['image', 'video'] as const) {
      assert.deepEqual(body({ type: 'media', media: { type, url, caption, fileName: 'f' } }), {
        ...head,
        type,
        [type]: { link: url, caption },
        ...tail,
      });
    }
    assert.deepEqual(
      body({ type: 'media', media: { type: 'document', id: '7', caption, fileName: 'f.pdf' } }),
      {
        ...head,
        type: 'document',
        document: { id: '7', caption, filename: 'f.pdf' },
        ...tail,
      },
    );
    for (const type of ['audio', 'sticker'] as const) {
      assert.deepEqual(body({ type: 'media', media: { type, url, id: '7', caption, fileName: 'f' } }), {
        ...head,
        type,
        [type]: { link: url },
        ...tail,
      });
    }
    assert.throws(() => body({ type: 'media', media: { type: 'image' } }), {
      fault: 'permanent',
      is: 'media_refused',
    });
  });
  it('sends templates with the components that they need', () => {
    const sent = (template: object) => ({ ...head, type: 'template', template, ...tail });
    const named = { name: 't', language: { code: 'de' } };
    assert.deepEqual(body({ type: 'template', template: { name: 't', language: 'de' } }), sent(named));
    assert.deepEqual(
      body({
        type: 'template',
        template: {
          name: 't',
          language: 'de',
          header: [{ type: 'document', url, fileName: 'f.pdf' }],
          body: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      }),
      sent({
        ...named,
        components: [
          { type: 'header', parameters: [{ type: 'document', document: { link: url, filename: 'f.pdf' } }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      }),
    );
    const video = { type: 'video', url, fileName: 'ignored' } as const;
    assert.deepEqual(
      body({ type: 'template', template: { name: 't', language: 'de', header: [video] } }),
      sent({
        ...named,
        components: [{ type: 'header', parameters: [{ type: 'video', video: { link: url } }] }],
      }),
    );
  });
  const interactive = (sent: object) => ({ ...head, type: 'interactive', interactive: sent, ...tail });
  it('sends buttons under each kind of header, and under none', () => {
    const bare = { type: 'button', body: { text: 'Pick' } };
    const action = { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] };
    const buttons = { kind: 'buttons', body: 'Pick', buttons: [{ id: 'a', title: 'A' }] } as const;
    assert.deepEqual(body({ type: 'interactive', interactive: buttons }), interactive({ ...bare, action }));
    const headers: readonly [InteractiveHeader, object][] = [
      [{ text: 'Top' }, { type: 'text', text: 'Top' }],
      [
        { type: 'image', url, contentType: 'image/png', fileName: 'ignored' },
        { type: 'image', image: { link: url } },
      ],
      [
        { type: 'video', url, caption: 'ignored' },
        { type: 'video', video: { link: url } },
      ],
      [
        { type: 'document', url, fileName: 'f.pdf' },
        { type: 'document', document: { link: url, filename: 'f.pdf' } },
      ],
      [
        { type: 'document', url },
        { type: 'document', document: { link: url } },
      ],
    ];
    for (const [header, documented] of headers) {
      assert.deepEqual(
        body({ type: 'interactive', interactive: { ...buttons, header, footer: 'Low' } }),
        interactive({ ...bare, header: documented, footer: { text: 'Low' }, action }),
      );
    }
  });
  it('sends a list in one section', () => {
    const rows = [
      { id: 'a', title: 'A', description: 'The first' },
      { id: 'b', title: 'B' },
    ];
    assert.deepEqual(
      body({ type: 'interactive', interactive: { kind: 'list', body: 'Pick', button: 'Show', rows } }),
      interactive({ type: 'list', body: { text: 'Pick' }, action: { button: 'Show', sections: [{ rows }] } }),
    );
  });
});
