import assert from 'node:assert/strict';
import { bubbleContent } from '../../../../bot/simulator/page/bubbleContent.ts';
import type { PhoneMessage } from '../../../../bot/simulator/phoneScreen.ts';

const of = (from: PhoneMessage['from'], type: string, body: PhoneMessage['body'], text?: string) =>
  bubbleContent(
    { id: 'm', from, type, at: 0, tick: 'sent', body, ...(text !== undefined && { text }) },
    '49',
  );

describe('a bubble', () => {
  it('shows text, and what it quotes, on either side', () => {
    assert.deepEqual(of('customer', 'text', { context: { id: 'q' } }, 'hi'), {
      text: 'hi',
      buttons: [],
      quotes: 'q',
    });
    assert.deepEqual(of('business', 'text', { context: { message_id: 'q' } }, 'hi').quotes, 'q');
  });

  it('shows files of the customer by their id, and of this host by their path alone', () => {
    assert.deepEqual(of('customer', 'image', { image: { id: '7' } }, 'Look').file, {
      kind: 'image',
      url: '/phone/49/files/7',
    });
    const link = (address: string) =>
      of('business', 'document', { document: { link: address, filename: 'a.pdf' } }).file;
    assert.deepEqual(link('http://127.0.0.1:3978/files/abc'), {
      kind: 'document',
      url: '/files/abc',
      name: 'a.pdf',
    });
    for (const address of ['https://example.com/a.pdf', 'nothing', ''])
      assert.deepEqual(link(address), { kind: 'document', name: 'a.pdf' });
  });

  it('shows buttons, lists and templates', () => {
    const buttons = { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] };
    const asked = of('business', 'interactive', {
      interactive: { header: { text: 'H' }, body: { text: 'Sure?' }, footer: { text: 'F' }, action: buttons },
    });
    assert.deepEqual(asked, { header: 'H', text: 'Sure?', footer: 'F', buttons: ['Yes'] });
    const rows = [{ id: '1', title: 'A', description: 'first' }];
    const list = of('business', 'interactive', {
      interactive: { body: { text: 'Which?' }, action: { button: 'Show', sections: [{ rows }, {}] } },
    });
    assert.deepEqual(list.list, { button: 'Show', rows });
    const parameters = [{ type: 'text', text: 'Anna' }, { type: 'image' }];
    const template = of(
      'business',
      'template',
      { template: { name: 'ready', components: [{ parameters }, {}] } },
      '[ready]',
    );
    assert.deepEqual(template, { buttons: [], template: { name: 'ready', parameters: ['Anna'] } });
  });

  it('shows nothing where there is nothing', () => {
    assert.deepEqual(of('customer', 'constructor', {}), { buttons: [] });
    assert.deepEqual(of('customer', 'image', {}), { buttons: [] });
    assert.deepEqual(of('business', 'interactive', { interactive: {} }), { buttons: [] });
  });
});
