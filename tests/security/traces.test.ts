import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formsOf, tracesIn } from './traces.ts';

const seed = 20_261_122;

describe('the search for secrets', () => {
  it('finds one in base64, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, unit: 'grapheme' }),
        fc.uint8Array({ maxLength: 9 }),
        fc.uint8Array({ maxLength: 9 }),
        fc.constantFrom('base64', 'base64url', 'hex'),
        (secret, before, after, encoding) => {
          const text = Buffer.concat([before, Buffer.from(secret), after]).toString(encoding);
          assert.notDeepEqual(tracesIn(`id ${text} end`, { secret }), []);
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  it('finds one in each other form, and none where there is none', () => {
    const secret = 'Grüße "4915550001111" 👋';
    for (const form of Object.values(formsOf(secret)))
      assert.notDeepEqual(tracesIn(`<${form}>`, { secret }), []);
    for (const form of [
      JSON.stringify({ a: [JSON.stringify({ secret })] }),
      `${new URL(`http://a/?b=${secret}`)}`,
    ])
      assert.notDeepEqual(tracesIn(form, { secret }), []);
    assert.deepEqual(tracesIn('nothing of it: 491555000111, Grüße', { secret }), []);
  });
});
