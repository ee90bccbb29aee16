import assert from 'node:assert/strict';
import { delayOf } from '../../../middleware/policy/delayOf.ts';

describe('delayOf', () => {
  const none = { minMs: 0, maxMs: null, perCharacterMs: 0, jitter: 0 };
  const cases = [
    { name: 'no delay', delay: none, characters: 100, jitter: 0.9, expected: 0 },
    { name: 'the shortest wait', delay: { ...none, minMs: 70 }, characters: 0, jitter: 0.5, expected: 70 },
    {
      name: 'the length',
      delay: { ...none, minMs: 70, perCharacterMs: 1.5 },
      characters: 3,
      jitter: 0,
      expected: 75,
    },
    {
      name: 'no spread',
      delay: { ...none, perCharacterMs: 10, jitter: 1 },
      characters: 10,
      jitter: 0.5,
      expected: 100,
    },
    {
      name: 'least spread',
      delay: { ...none, perCharacterMs: 10, jitter: 0.2 },
      characters: 10,
      jitter: 0,
      expected: 80,
    },
    {
      name: 'most spread',
      delay: { ...none, perCharacterMs: 10, jitter: 0.2 },
      characters: 10,
      jitter: 0.75,
      expected: 110,
    },
    {
      name: 'the lower limit',
      delay: { ...none, minMs: 95, jitter: 1 },
      characters: 0,
      jitter: 0,
      expected: 95,
    },
    {
      name: 'the upper limit',
      delay: { ...none, maxMs: 50, perCharacterMs: 10 },
      characters: 10,
      jitter: 0.5,
      expected: 50,
    },
  ];
  for (const { name, delay, characters, jitter, expected } of cases) {
    it(`knows ${name}`, () => assert.equal(delayOf(delay, characters, jitter), expected));
  }
});
