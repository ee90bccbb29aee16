import { DDSketch } from '@datadog/sketches-js';

/** How far a percentile may be from the exact one, as a share of it. */
export const relativeAccuracy = 0.01;

/** How many values fell into one bin. */
export interface BinCount {
  readonly bin: number;
  readonly count: number;
}

/** A distribution of durations, in milliseconds; `null` where nothing was counted. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

// The bins are those of a DDSketch (Masson, Rim, Lee: VLDB 2019): logarithmic, so that a bin's middle is within the accuracy
// of whatever falls into it, and sketches add up by adding the bins. What the store keeps is the bins themselves.
const { mapping } = new DDSketch({ relativeAccuracy });

/** Durations are whole milliseconds: the bins from 0 on hold 1 ms and more, this one those that took no time. */
const instantBin = -1;

/**
 * The bin of a duration.
 *
 * @param durationMs milliseconds. Less than none, from two clocks that disagree, counts as none
 */
export function binOf(durationMs: number): number {
  return durationMs < 1 ? instantBin : mapping.key(durationMs);
}

/**
 * The percentiles of what fell into the bins, each within {@link relativeAccuracy} of the exact one: the value of rank
 * ⌊q·(n − 1)⌋, from 0, of the n values in order. Bins may repeat. One that adds up to less than nothing, as after a crash that lost what
 * was taken back, counts as empty.
 */
export function percentilesOf(counts: Iterable<BinCount>): Percentiles {
  const sums = new Map<number, number>();
  for (const { bin, count } of counts) sums.set(bin, (sums.get(bin) ?? 0) + count);
  const sketch = new DDSketch({ relativeAccuracy });
  for (const [bin, count] of sums) {
    if (count > 0) sketch.accept(bin === instantBin ? 0 : mapping.value(bin), count);
  }
  const at = (quantile: number) => (sketch.count === 0 ? null : sketch.getValueAtQuantile(quantile));
  return { count: sketch.count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
