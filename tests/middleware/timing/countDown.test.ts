import assert from 'node:assert/strict';
import { countDown } from '../../../middleware/timing/countDown.ts';

describe('a count-down', () => {
  let [now, steady] = [0, 0];
  beforeEach(() => {
    [now, steady] = [Date.UTC(2026, 10, 22, 12), 5];
  });
  const threeHours = 3 * 3_600_000;

  it('ends after its time, in whole milliseconds', () => {
    const left = countDown(1000, { now: () => now, steady: () => steady });
    assert.equal(left(), 1000);
    now += 400;
    steady += 400.3;
    assert.equal(left(), 600);
    steady += 5000;
    assert.equal(left(), 0);
  });

  it('is not put off by a clock that is set back', () => {
    const left = countDown(1000, { now: () => now, steady: () => steady });
    now -= threeHours;
    steady += 999;
    assert.equal(left(), 1);
    steady += 1;
    assert.equal(left(), 0);
  });

  it('goes on while the machine sleeps, by the time of day', () => {
    const left = countDown(1000, { now: () => now, steady: () => steady });
    now += 999;
    assert.equal(left(), 1);
    now += 1;
    assert.equal(left(), 0);
  });

  it('counts what a clock that tells the time alone goes forward', () => {
    const left = countDown(1000, { now: () => now });
    now += 400;
    assert.equal(left(), 600);
    now -= threeHours;
    assert.equal(left(), 600);
    now += 599;
    assert.equal(left(), 1);
    now += 1;
    assert.equal(left(), 0);
  });
});
