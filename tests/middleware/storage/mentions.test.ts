import assert from 'node:assert/strict';
import { mentionOf } from '../../../middleware/storage/sql/personal/mentions.ts';

const anna = '4915550001111';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a search for a customer', () => {
  const cases: Readonly<Record<string, readonly [text: string, found: boolean]>> = {
    'finds a number in JSON': [JSON.stringify({ from: anna }), true],
    'finds a number as Twilio writes it': [`From=whatsapp%3A%2B${anna}&Body=x`, true],
    'finds a number after a space of an address': [`To=%20${anna}`, true],
    'finds a number in an id of WhatsApp': [
      `{"id":"wamid.${base64(`\x1d\x05\x18\x0c${anna}\x15\x02\x00`)}"}`,
      true,
    ],
    'finds a number in the body of a request': [
      JSON.stringify({ body: base64(`From=whatsapp%3A%2B${anna}`) }),
      true,
    ],
    'finds a number in a letter about such a request': [
      JSON.stringify({ item: { body: base64(base64(`{"a":"${anna}"}`)) } }),
      true,
    ],
    'finds no longer number': [JSON.stringify({ from: `${anna}9`, to: `9${anna}` }), false],
    'finds nobody else': [JSON.stringify({ from: '4915550002222', text: 'hello there everybody' }), false],
  };
  for (const [what, [text, found]] of Object.entries(cases))
    it(what, () => assert.equal(mentionOf([anna])(text), found));

  it('finds a user id, and none that is longer', () => {
    const find = mentionOf(['DE.1a2b3c4d']);
    assert.deepEqual([find('{"from":"DE.1a2b3c4d"}'), find('{"from":"DE.1a2b3c4d5"}')], [true, false]);
    assert.equal(find('{"from":"DEx1a2b3c4d"}'), false);
  });

  it('for nobody finds nothing', () => {
    assert.equal(mentionOf([])(anna), false);
  });

  it('takes time that grows with the text, whatever that is', () => {
    const find = mentionOf([anna]);
    for (const text of ['A'.repeat(1e6), '%20'.repeat(3e5), base64(base64('4'.repeat(3e5)))]) {
      const begun = performance.now();
      assert.equal(find(text), false);
      assert.ok(performance.now() - begun < 1000);
    }
  });
});
