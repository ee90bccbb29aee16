import assert from 'node:assert/strict';
import { longestRetryAfterMs, readRetryAfter } from '../../../middleware/channels/readRetryAfter.ts';

const now = Date.UTC(2026, 10, 21, 12);

describe('readRetryAfter', () => {
  const rows: [string | string[] | undefined, number | undefined][] = [
    ['0', 0],
    ['5', 5000],
    [' 5 ', 5000],
    ['3600', longestRetryAfterMs],
    ['86400', longestRetryAfterMs],
    ['999999999999', longestRetryAfterMs],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Sat, 21 Nov 2099 11:00:00 GMT', longestRetryAfterMs],
    ['Xyz, 99 Xyz 2026 99:99:99 GMT', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-21', undefined],
    ['', undefined],
    [['5', '6'], undefined],
    [undefined, undefined],
  ];
  for (const [header, expected] of rows) {
    it(`${JSON.stringify(header)} is ${expected}`, () => assert.equal(readRetryAfter(header, now), expected));
  }
});
