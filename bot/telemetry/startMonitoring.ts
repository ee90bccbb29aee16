import { context, type MeterProvider, type TracerProvider, trace } from '@opentelemetry/api';
import type { MonitoringConfig } from '../config/monitoring.ts';

/** How often metrics are told, in milliseconds: alerts look every five minutes. */
const tellEveryMs = 60_000;

/** How long a stop waits for what is told last, in milliseconds. */
const endWithinMs = 5000;

/** By what Azure tells the host from other services. The package that makes one of it would be one more to depend on. */
const resource = {
  attributes: { 'service.name': 'bluetick' },
  getRawAttributes: () => Object.entries(resource.attributes),
  merge: () => resource,
};

/** The SDK at work. */
export interface Monitoring {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  /** Tells what has not been told yet, for at most 5 s, and ends. It never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts OpenTelemetry's SDK with Azure Monitor's exporter. Its packages are loaded by this call alone, so that a start without
 * it costs nothing. What a bot traces by OpenTelemetry's API in its turns is exported too.
 *
 * How many traces are kept the SDK reads from `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` by itself.
 */
export async function startMonitoring({
  connectionString,
  localEndpoint,
}: MonitoringConfig): Promise<Monitoring> {
  const [traces, measures, azure, { AsyncContext }] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/sdk-metrics'),
    import('@azure/monitor-opentelemetry-exporter'),
    import('./asyncContext.ts'),
  ]);
  const options = {
    connectionString,
    // Containers have nowhere to write, and what a lost hour of telemetry is worth is not worth a disk.
    disableOfflineStorage: true,
    // It makes https of whatever the connection string says.
    ...(localEndpoint !== undefined && { host: localEndpoint, allowInsecureConnection: true }),
  };
  const tracerProvider = new traces.BasicTracerProvider({
    resource,
    spanProcessors: [new traces.BatchSpanProcessor(new azure.AzureMonitorTraceExporter(options))],
  });
  const reader = new measures.PeriodicExportingMetricReader({
    exporter: new azure.AzureMonitorMetricExporter(options),
    exportIntervalMillis: tellEveryMs,
  });
  const meterProvider = new measures.MeterProvider({ resource, readers: [reader] });
  context.setGlobalContextManager(new AsyncContext());
  trace.setGlobalTracerProvider(tracerProvider);
  return {
    tracerProvider,
    meterProvider,
    async stop() {
      const ended = Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, endWithinMs);
      await Promise.race([ended, late.promise]);
      clearTimeout(timer);
      trace.disable();
      context.disable();
    },
  };
}
