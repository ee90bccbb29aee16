import assert from 'node:assert/strict';
import { createFirstTimes } from '../../../middleware/channels/firstTimes.ts';

describe('createFirstTimes', () => {
  it('answers the first time of an id, however often it comes', () => {
    const { of: first } = createFirstTimes();
    assert.deepEqual([first('a', 1), first('b', 2), first('a', 3), first('b', 4)], [1, 2, 1, 2]);
  });

  it('forgets the oldest above its limit', () => {
    const { of: first } = createFirstTimes(2);
    for (const [at, id] of ['a', 'b', 'c'].entries()) first(id, at);
    assert.deepEqual([first('c', 9), first('b', 9), first('a', 9)], [2, 1, 9]);
  });

  it('keeps what is open, however many were forgotten meanwhile', () => {
    let now = 0;
    const firstTimes = createFirstTimes(2);
    assert.equal(firstTimes.of('open', ++now), 1);
    for (const id of ['b', 'c', 'd']) {
      firstTimes.of(id, ++now);
      firstTimes.forget(id);
    }
    assert.equal(firstTimes.of('open', ++now), 1);
  });
});
