import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { TelemetryOptions } from '../../middleware/telemetry/telemetry.ts';

/** Collects when it is asked, and never by itself: no timer is left. */
class AskedReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** OpenTelemetry's real SDK, which keeps in memory what it would export. */
export interface MemoryTelemetry extends Required<TelemetryOptions> {
  /** The spans that have ended. */
  spans(): readonly ReadableSpan[];
  /** Forgets the spans. */
  forget(): void;
  /** Every figure: the metric's name, its attributes and its value. */
  figures(): Promise<
    readonly { name: string; attributes: Readonly<Record<string, unknown>>; value: unknown }[]
  >;
}

/** Makes one. */
export function memoryTelemetry(): MemoryTelemetry {
  const exporter = new InMemorySpanExporter();
  const reader = new AskedReader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  return {
    tracerProvider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    meterProvider: new MeterProvider({ readers: [reader] }),
    spans: () => exporter.getFinishedSpans(),
    forget: () => exporter.reset(),
    async figures() {
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw new AggregateError(errors);
      return resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, attributes, value })),
        );
    },
  };
}

/** What there is to see of a span. */
export function shownOf(span: ReadableSpan) {
  const { name, attributes, links, events, status, resource } = span;
  return {
    name,
    attributes,
    links,
    events,
    status,
    resource: resource.attributes,
    context: span.spanContext(),
  };
}
