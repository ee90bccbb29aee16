import assert from 'node:assert/strict';
import { networkOf } from '../../../bot/access/networkOf.ts';
import { TokenBuckets } from '../../../bot/access/tokenBuckets.ts';

describe('buckets of tokens', () => {
  let now: number;
  let buckets: TokenBuckets;
  beforeEach(() => {
    now = Date.UTC(2026, 10, 22, 12);
    buckets = new TokenBuckets(10, { now: () => now });
  });
  const takeMany = (whose: string, count: number) => {
    for (let taken = 0; taken < count; taken += 1) assert.equal(buckets.take(whose), 0);
  };

  it('hold two seconds’ worth, fill at their rate, and say when there is one again', () => {
    takeMany('a', 20);
    assert.equal(buckets.take('a'), 100);
    now += 99;
    assert.equal(buckets.take('a'), 1);
    now += 1;
    takeMany('a', 1);
    assert.equal(buckets.take('a'), 100);
    now += 1_000;
    takeMany('a', 10);
    assert.equal(buckets.take('a'), 100);
    now += 60_000;
    takeMany('a', 20);
    assert.equal(buckets.take('a'), 100);
  });

  it('are each one’s own', () => {
    takeMany('a', 20);
    takeMany('b', 20);
    assert.ok(buckets.take('a') > 0 && buckets.take('b') > 0);
  });

  it('take back what was taken for nothing, and no more than they hold', () => {
    takeMany('a', 20);
    buckets.giveBack('a');
    takeMany('a', 1);
    assert.ok(buckets.take('a') > 0);
    takeMany('b', 1);
    for (let times = 0; times < 5; times += 1) buckets.giveBack('b');
    takeMany('b', 20);
    assert.ok(buckets.take('b') > 0);
    buckets.giveBack('nobody');
    assert.equal(buckets.size, 2);
  });

  it('give and take nothing when the clock is set back', () => {
    takeMany('a', 20);
    now -= 3_600_000;
    assert.equal(buckets.take('a'), 100);
  });

  it('are forgotten when they are full again, and are never more than 10,000', () => {
    for (let each = 0; each < 25_000; each += 1) buckets.take(`address ${each}`);
    assert.equal(buckets.size, 10_000);
    takeMany('a', 20);
    assert.ok(buckets.take('a') > 0);
    now += 2_000;
    for (let each = 0; each < 5_000; each += 1) buckets.take('a');
    assert.equal(buckets.size, 1);
  });
});

describe('the network of an address', () => {
  for (const [address, network] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::6', '2001:db8:1:2'],
    ['2001:db8::6', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ] as const)
    it(`of ${address || 'nobody'} is ${network || 'nobody’s'}`, () =>
      assert.equal(networkOf(address), network));
});
