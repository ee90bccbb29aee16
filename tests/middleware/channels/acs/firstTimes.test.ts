import assert from 'node:assert/strict';
import { createFirstTimes } from '../../../../middleware/channels/acs/firstTimes.ts';

describe('createFirstTimes', () => {
  it('answers the same time for the same call, and forgets the oldest beyond its limit', () => {
    let now = 0;
    const { of: firstTimeOf } = createFirstTimes({ now: () => ++now }, 2);
    assert.deepEqual(['a', 'b', 'a', 'b'].map(firstTimeOf), [1, 2, 1, 2]);
    assert.equal(firstTimeOf('c'), 3);
    assert.deepEqual(['b', 'c'].map(firstTimeOf), [2, 3]);
    assert.equal(firstTimeOf('a'), 4);
  });

  it('keeps what is open, however many calls were taken meanwhile', () => {
    let now = 0;
    const firstTimes = createFirstTimes({ now: () => ++now }, 2);
    assert.equal(firstTimes.of('open'), 1);
    for (const id of ['b', 'c', 'd']) {
      firstTimes.of(id);
      firstTimes.forget(id);
    }
    assert.equal(firstTimes.of('open'), 1);
  });
});
