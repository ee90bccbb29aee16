import assert from 'node:assert/strict';
import {
  type BinCount,
  binOf,
  percentilesOf,
  relativeAccuracy,
} from '../../../../middleware/acknowledgements/figures/sketch.ts';
import { seededRandom } from '../../../fault/random.ts';

const seed = 20261122;

/** The exact percentile, by the rank that the sketch uses. */
function exact(sorted: readonly number[], quantile: number): number {
  return sorted[Math.floor(quantile * (sorted.length - 1))] as number;
}

function assertWithin(found: number | null, wanted: number): void {
  assert.ok(
    found !== null && Math.abs(found - wanted) <= relativeAccuracy * wanted + 1e-9,
    `${found} ≠ ${wanted}`,
  );
}

const binsOf = (durations: readonly number[]): BinCount[] =>
  durations.map(duration => ({ bin: binOf(duration), count: 1 }));

/** Durations as they are met: most about a second or two, a long tail up to days. */
function durationsOf(count: number): number[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => Math.round(Math.exp(7.5 + 2 * normal())));
}

describe(`the sketch of durations (seed ${seed})`, () => {
  const durations = durationsOf(10_000);
  const sorted = durations.toSorted((one, other) => one - other);

  it('answers percentiles within 1 % of the exact ones', () => {
    const { count, p50, p95, p99 } = percentilesOf(binsOf(durations));
    assert.equal(count, 10_000);
    assertWithin(p50, exact(sorted, 0.5));
    assertWithin(p95, exact(sorted, 0.95));
    assertWithin(p99, exact(sorted, 0.99));
  });

  it('is within 1 % for every single duration up to a month', () => {
    const months = Array.from({ length: 3000 }, (_, index) => Math.round(1.0072 ** index)).filter(
      duration => duration <= 31 * 24 * 3_600_000,
    );
    assert.ok(months.length > 2900);
    for (const duration of months) assertWithin(percentilesOf(binsOf([duration])).p50, duration);
  });

  it('is the same whether its parts are added up or all is counted at once, in any order', () => {
    const all = binsOf(durations);
    const parts = Map.groupBy(all, (_bin, index) => index % 24);
    const summed = [...parts.values()]
      .toReversed()
      .flatMap(part =>
        [...Map.groupBy(part, ({ bin }) => bin)].map(([bin, of]) => ({ bin, count: of.length })),
      );
    assert.ok(summed.length < all.length);
    assert.deepEqual(percentilesOf(summed), percentilesOf(all));
  });

  it('forgets what is taken back', () => {
    const corrected = [...binsOf([100, 100, 900]), { bin: binOf(900), count: -1 }];
    assert.deepEqual(percentilesOf(corrected), percentilesOf(binsOf([100, 100])));
  });

  it('takes no time for what took none, and for what two clocks disagree on', () => {
    assert.deepEqual(percentilesOf(binsOf([0, 0, -3000])), { count: 3, p50: 0, p95: 0, p99: 0 });
    assertWithin(percentilesOf(binsOf([0, 1, 1])).p99, 1);
  });

  it('has no percentile of nothing, nor of what adds up to less', () => {
    const nothing = { count: 0, p50: null, p95: null, p99: null };
    assert.deepEqual(percentilesOf([]), nothing);
    assert.deepEqual(percentilesOf([{ bin: 7, count: -1 }]), nothing);
  });
});
