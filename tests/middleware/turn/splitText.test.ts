import assert from 'node:assert/strict';
import { shorten, splitText } from '../../../middleware/turn/splitText.ts';

describe('splitText', () => {
  const cases: readonly [what: string, pieces: readonly string[], expected: readonly string[]][] = [
    ['leaves a short text as it is', splitText(' a b ', 10), [' a b ']],
    ['cuts after a paragraph', splitText('one\ntwo\n\nthree four', 10), ['one\ntwo', 'three four']],
    ['cuts after a line where no paragraph ends', splitText('one two\nthree', 10), ['one two', 'three']],
    ['cuts after a word where no line ends', splitText('one two three', 10), ['one two', 'three']],
    ['does not make a small piece for a paragraph', splitText('a\n\nbbbb cccc', 10), ['a\n\nbbbb', 'cccc']],
    ['cuts a word that is too long', splitText('abcdefghijkl', 10), ['abcdefghij', 'kl']],
    ['cuts no emoji in two', splitText('aaaaaaaaa😀b', 10), ['aaaaaaaaa', '😀b']],
    ['loses white space at the ends of a long text', splitText(`a${' '.repeat(20)}`, 10), ['a']],
    ['leaves less for the last piece', splitText('one two three four', 30, 10), ['one two three', 'four']],
    ['keeps a last paragraph whole', splitText('one two\n\nthree', 30, 10), ['one two', 'three']],
    ['keeps a last line whole', splitText('one two three\nfour', 30, 10), ['one two three', 'four']],
    ['cuts a word for the last piece', splitText('abcdefghijklmno', 30, 10), ['abcdefghij', 'klmno']],
    ['cuts as often as needed', splitText('a b c d e f', 3), ['a b', 'c d', 'e f']],
  ];
  for (const [what, pieces, expected] of cases) it(what, () => assert.deepEqual(pieces, expected));
});

describe('shorten', () => {
  it('leaves what fits, and ends the rest with an ellipsis', () => {
    assert.equal(shorten('abcde', 5), 'abcde');
    assert.equal(shorten('abcdef', 5), 'abcd…');
    assert.equal(shorten('abc def', 5), 'abc…');
    assert.equal(shorten('abc😀def', 5), 'abc…');
  });
});
