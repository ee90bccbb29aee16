import type { Instrument } from './instruments.ts';

/** One figure of a metric: its attributes, and what was counted under them. */
export type Point = {
  /** By the names of `attributes.ts`. */
  readonly attributes: Readonly<Record<string, string>>;
} & ({ readonly value: number } | DurationPoint);

/** The durations that fell into each bucket, in the unit of the metric. */
export interface DurationPoint {
  /** As many as the instrument has `buckets`, and one more for what is longer. Not added up. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** A metric as it stands. */
export interface Metric extends Instrument {
  readonly points: readonly Point[];
}

/** What is counted under the same attributes. */
export interface Series {
  readonly attributes: Readonly<Record<string, string>>;
  /** Of a counter what was counted, of a histogram the sum. */
  value: number;
  /** Of a histogram. */
  readonly counts: number[];
}

/** Series by the values of their attributes, one level each: a key of all of them would have to be made for each count. */
type Branch = Map<string, Branch | Series>;

/** Counts one metric from the start of the process, in memory: it grows with the values of its attributes, which are few. */
export class Tally {
  readonly #instrument: Instrument;
  readonly #series: Series[] = [];
  readonly #root: Branch = new Map();

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
  }

  /** Where the attributes have these values. */
  of(values: readonly string[]): Series {
    let branch = this.#root;
    for (let place = 0; place < values.length - 1; place += 1) {
      const value = String(values[place]);
      let next = branch.get(value) as Branch | undefined;
      if (next === undefined) {
        next = new Map();
        branch.set(value, next);
      }
      branch = next;
    }
    const last = String(values.at(-1));
    const known = branch.get(last) as Series | undefined;
    if (known !== undefined) return known;
    const { buckets } = this.#instrument;
    const series: Series = {
      attributes: attributesOf(this.#instrument, values),
      value: 0,
      counts: buckets === undefined ? [] : Array.from({ length: buckets.length + 1 }, () => 0),
    };
    branch.set(last, series);
    this.#series.push(series);
    return series;
  }

  /** Puts a duration into its bucket. */
  record(series: Series, duration: number): void {
    const { buckets = [] } = this.#instrument;
    let bucket = 0;
    while (bucket < buckets.length && duration > Number(buckets[bucket])) bucket += 1;
    series.counts[bucket] = Number(series.counts[bucket]) + 1;
    series.value += duration;
  }

  /** How it stands. */
  read(): Metric {
    const points = this.#series.map(({ attributes, value, counts }) =>
      counts.length === 0 ? { attributes, value } : { attributes, sum: value, counts: [...counts] },
    );
    return { ...this.#instrument, points };
  }
}

/** The attributes of an instrument with these values. What is blank is left out. */
export function attributesOf(
  { attributes }: Instrument,
  values: readonly string[],
): Readonly<Record<string, string>> {
  const pairs = attributes.map((name, place) => [name, values[place] ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}
