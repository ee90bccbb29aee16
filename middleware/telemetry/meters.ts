import type { Counter, Histogram, MeterProvider, ObservableGauge } from '@opentelemetry/api';
import { type Instrument, type Instruments, instruments, type NameOf, type ValuesOf } from './instruments.ts';
import { attributesOf, type Metric, Tally } from './tally.ts';

/** A gauge as it was read. */
export type Reading = {
  [Name in NameOf<'gauge'>]: {
    readonly gauge: Name;
    readonly values: ValuesOf<Name>;
    readonly value: number;
  };
}[NameOf<'gauge'>];

/** Reads all gauges at once. */
export type ReadGauges = () => Promise<readonly Reading[]>;

/** One that grows, here and in OpenTelemetry. */
interface Growing {
  readonly tally: Tally;
  readonly told: Counter | Histogram;
}

const entries = Object.entries(instruments) as [keyof Instruments, Instrument][];

/**
 * Counts what the engine does: here, for {@link read}, and in OpenTelemetry's meters. The two say the same, as there is one
 * place that is told.
 */
export class Meters {
  readonly #growing = new Map<keyof Instruments, Growing>();
  readonly #gauges = new Map<keyof Instruments, ObservableGauge>();
  readonly #unobserve: () => void;
  readonly #readGauges: ReadGauges;

  /** @param readGauges asked whenever somebody wants to know. It must not reject */
  constructor(provider: MeterProvider, readGauges: ReadGauges) {
    const meter = provider.getMeter('bluetick');
    this.#readGauges = readGauges;
    for (const [key, instrument] of entries) {
      const { name, kind, unit, description, buckets } = instrument;
      const about = { unit, description };
      if (kind === 'gauge') this.#gauges.set(key, meter.createObservableGauge(name, about));
      else {
        const told =
          kind === 'counter'
            ? meter.createCounter(name, about)
            : meter.createHistogram(name, {
                ...about,
                ...(buckets && { advice: { explicitBucketBoundaries: [...buckets] } }),
              });
        this.#growing.set(key, { tally: new Tally(instrument), told });
      }
    }
    const gauges = [...this.#gauges.values()];
    const observe: Parameters<typeof meter.addBatchObservableCallback>[0] = async result => {
      for (const { gauge, values, value } of await readGauges()) {
        const told = this.#gauges.get(gauge);
        if (told !== undefined) result.observe(told, value, attributesOf(instruments[gauge], values));
      }
    };
    meter.addBatchObservableCallback(observe, gauges);
    this.#unobserve = () => meter.removeBatchObservableCallback(observe, gauges);
  }

  /** Something happened, `by` times. */
  add<Name extends NameOf<'counter'>>(name: Name, values: ValuesOf<Name>, by = 1): void {
    if (by === 0) return;
    const { tally, told } = this.#growing.get(name) as Growing;
    const series = tally.of(values);
    series.value += by;
    (told as Counter).add(by, series.attributes);
  }

  /** Something took so long. Less than none, from two clocks that disagree, counts as none. */
  record<Name extends NameOf<'histogram'>>(name: Name, values: ValuesOf<Name>, ms: number): void {
    const { tally, told } = this.#growing.get(name) as Growing;
    const series = tally.of(values);
    const seconds = Math.max(ms, 0) / 1000;
    tally.record(series, seconds);
    (told as Histogram).record(seconds, series.attributes);
  }

  /** Every metric as it stands, since the start of this engine. */
  async read(): Promise<readonly Metric[]> {
    const readings = await this.#readGauges();
    return entries.map(([key, instrument]) => {
      const tally = this.#growing.get(key)?.tally;
      if (tally !== undefined) return tally.read();
      const points = readings
        .filter(({ gauge }) => gauge === key)
        .map(({ values, value }) => ({ attributes: attributesOf(instrument, values), value }));
      return { ...instrument, points };
    });
  }

  /** Asks for no gauge any more. What was counted stays, for a last reading. */
  stop(): void {
    this.#unobserve();
  }
}
