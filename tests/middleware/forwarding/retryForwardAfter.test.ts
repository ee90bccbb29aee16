import assert from 'node:assert/strict';
import { forwardLifetimeMs, retryForwardAfter } from '../../../middleware/forwarding/retryForwardAfter.ts';

describe('retryForwardAfter', () => {
  it('waits longer each time, up to five minutes', () => {
    const waits = Array.from({ length: 8 }, (_, index) => retryForwardAfter(index + 1, 0, 0.5));
    const minutes = (count: number) => count * 60_000;
    assert.deepEqual(waits, [2000, 5000, 15_000, ...[1, 2, 5, 5, 5].map(minutes)]);
  });
  it('spreads by a fifth, either way', () => {
    assert.deepEqual([retryForwardAfter(2, 0, 0), retryForwardAfter(2, 0, 1)], [4000, 6000]);
  });
  it('gives up after a day', () => {
    assert.equal(forwardLifetimeMs, 24 * 60 * 60 * 1000);
    assert.equal(retryForwardAfter(1, forwardLifetimeMs - 1, 0.5), 2000);
    assert.equal(retryForwardAfter(1, forwardLifetimeMs, 0.5), undefined);
  });
});
