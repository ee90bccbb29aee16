import assert from 'node:assert/strict';
import { fromAgent, toAgent } from '../../../bot/copilot/relay/relayActivity.ts';
import { whatsAppText } from '../../../bot/copilot/relay/whatsAppText.ts';
import type { Turn } from '../../../middleware/receipts/turn.ts';
import type { ActivityLike } from '../../../middleware/turn/structuralTypes.ts';
import { toActivity } from '../../../middleware/turn/toActivity.ts';

describe('what the agent gets of a customer’s message', () => {
  const posting = { id: 'random', user: 'bluetick-1', possiblyDoubled: false };
  const conversation = { id: 'c1', channel: 'meta', business: 'b1', customer: '4915550001111' };
  const got = (content: Partial<Turn['message']['content']>) => {
    const message = { ref: 'm1', kind: 'message', sentAt: 0, content };
    const { text, value } = toAgent(
      toActivity({ conversation, message } as Turn) as ActivityLike,
      posting,
    ) as {
      text?: string;
      value?: unknown;
    };
    return value ?? text;
  };
  const place = { latitude: 52.5, longitude: 13.4 };

  for (const [what, content, expected] of [
    ['a text', { type: 'text', text: 'Hello' }, 'Hello'],
    ['a press, by what the button carries', { type: 'interactive', text: 'Yes', payload: 'yes' }, 'yes'],
    ['a press that carries an object', { type: 'interactive', text: 'Yes', payload: '{"a":1}' }, { a: 1 }],
    [
      'a file by its caption',
      { type: 'image', text: 'My bicycle', media: { type: 'image', id: '1' } },
      'My bicycle',
    ],
    [
      'a file without one by its type',
      { type: 'image', media: { type: 'image', id: '1', contentType: 'image/jpeg' } },
      '[image/jpeg]',
    ],
    ['a place', { type: 'location', location: place }, '[location] 52.5, 13.4'],
    [
      'a place with a name and an address',
      { type: 'location', location: { ...place, name: 'Home', address: 'Main Street 1' } },
      '[location] 52.5, 13.4\nHome\nMain Street 1',
    ],
    ['what has no words by WhatsApp’s word for it', { type: 'contacts' }, '[contacts]'],
  ] as const) {
    it(`is ${what}`, () => assert.deepEqual(got(content as object), expected));
  }
});

describe('what the customer is told of what the agent says', () => {
  const said = { type: 'message', text: '**Open** from *9* to 18', textFormat: 'markdown', speak: 'Open' };

  it('has WhatsApp’s marks there, and Markdown everywhere else', () => {
    const { textFormat, ...rest } = said;
    for (const activity of [said, rest])
      assert.deepEqual(fromAgent(activity, 'whatsapp'), {
        type: 'message',
        text: '*Open* from _9_ to 18',
        textFormat: 'plain',
      });
    for (const channelId of ['webchat', 'emulator', undefined])
      assert.equal(fromAgent(said, channelId).text, said.text);
    assert.equal(fromAgent({ ...said, textFormat: 'plain' }, 'whatsapp').text, said.text);
    assert.deepEqual(fromAgent({ type: 'typing' }, 'whatsapp'), { type: 'typing' });
  });

  for (const [markdown, expected] of [
    ['Plain, with 2 * 3 = 6 and a_b_c and 5 * 2', undefined],
    ['**Bold**, __bold__, ***both***, ~~struck~~', '*Bold*, *bold*, *_both_*, ~struck~'],
    ['*italic* and _italic_', '_italic_ and _italic_'],
    ['**bold with *italic* in it**', '*bold with _italic_ in it*'],
    ['# Prices\n\n## **Repairs** ##', '*Prices*\n\n*Repairs*'],
    ['* one\n  + two\n- three\n1. four', '- one\n  - two\n- three\n1. four'],
    ['See [our page](https://example.com/a "A page").', 'See our page: https://example.com/a.'],
    ['[https://example.com](https://example.com)', 'https://example.com'],
    ['![A bicycle](https://example.com/b.png)', 'A bicycle: https://example.com/b.png'],
    [
      '[Call us](tel:+4930123), [**write**](mailto:a@example.com)',
      'Call us: +4930123, *write*: a@example.com',
    ],
    ['`**code**` and\n```\n# code\n```', undefined],
    ['\\*as it is\\* and 1\\. too', '*as it is* and 1. too'],
    ['one  \ntwo<br/>three', 'one\ntwo\nthree'],
    ['**open, and never closed', undefined],
    ['snake__case__name, 2 ** 3 ** 4 and `', undefined],
  ] as const) {
    it(`tells ${JSON.stringify(markdown)} as WhatsApp shows it`, () =>
      assert.equal(whatsAppText(markdown), expected ?? markdown));
  }

  it('takes no time for what is made to take long', () => {
    for (const piece of ['**a ', '*a', '[', '[a](', '~~', '***', '\\', '__a', '`', '# ', ' '])
      assert.ok(whatsAppText(`${piece.repeat(30_000 / piece.length)}a`));
  });
});
