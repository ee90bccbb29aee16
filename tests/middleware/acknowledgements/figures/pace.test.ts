import assert from 'node:assert/strict';
import { isSlow, type Speed } from '../../../../middleware/acknowledgements/figures/pace.ts';

describe('the rule for slow deliveries', () => {
  const speed = (recentMs: number | null, over: Partial<Speed> = {}): Speed => ({
    recentCount: 20,
    recentMs,
    baselineCount: 1000,
    baselineMs: 4000,
    ...over,
  });

  it('takes 20 messages, a median of more than 3 times the earlier one, and more than 10 s', () => {
    assert.equal(isSlow(speed(12_001), false), true);
    assert.equal(isSlow(speed(12_000), false), false);
    assert.equal(isSlow(speed(12_001, { recentCount: 19 }), false), false);
    assert.equal(isSlow(speed(10_000, { baselineMs: 1000 }), false), false);
    assert.equal(isSlow(speed(10_001, { baselineMs: 1000 }), false), true);
  });

  it('is over at twice the earlier median, or at 5 s, however few messages show it', () => {
    assert.equal(isSlow(speed(8001), true), true);
    assert.equal(isSlow(speed(8000, { recentCount: 1 }), true), false);
    assert.equal(isSlow(speed(5001, { baselineMs: 100 }), true), true);
    assert.equal(isSlow(speed(5000, { baselineMs: 100 }), true), false);
  });

  it('leaves it as it was where nothing shows anything', () => {
    for (const was of [true, false]) assert.equal(isSlow(speed(null, { recentCount: 0 }), was), was);
  });
});
