import type { DurationPoint, Metric, Point } from '../../middleware/telemetry/tally.ts';

/** The `Content-Type` of the text format, version 0.0.4. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** What units are called at the end of a name, by Prometheus' conventions; those in braces are not. */
const suffixes: Readonly<Record<string, string>> = { s: '_seconds' };

/**
 * The name of a metric in Prometheus, as OpenTelemetry's rules for it have it: with underscores, the unit written out, and
 * `_total` for what only grows.
 */
export function nameInPrometheus({ name, unit, kind }: Pick<Metric, 'name' | 'unit' | 'kind'>): string {
  const base = `${name.replaceAll('.', '_')}${suffixes[unit] ?? ''}`;
  return kind === 'counter' ? `${base}_total` : base;
}

/** Metrics in Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function toExposition(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(metric => {
      const name = nameInPrometheus(metric);
      return [
        `# HELP ${name} ${escaped(metric.description)}`,
        `# TYPE ${name} ${metric.kind}`,
        ...metric.points.flatMap(point => samplesOf(name, metric, point)),
      ];
    })
    .map(line => `${line}\n`)
    .join('');
}

function samplesOf(name: string, { buckets = [] }: Metric, point: Point): readonly string[] {
  const labels = Object.entries(point.attributes).map(
    ([label, value]) => `${label.replaceAll('.', '_')}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  if ('value' in point) return [`${name}${inBraces(labels)} ${point.value}`];
  return durationSamples(name, labels, buckets, point);
}

/** Of durations each bucket holds those of the ones before it too. */
function durationSamples(
  name: string,
  labels: readonly string[],
  buckets: readonly number[],
  { counts, sum }: DurationPoint,
): readonly string[] {
  let total = 0;
  const samples = counts.map((count, place) => {
    total += count;
    return `${name}_bucket${inBraces([...labels, `le="${buckets[place] ?? '+Inf'}"`])} ${total}`;
  });
  return [...samples, `${name}_sum${inBraces(labels)} ${sum}`, `${name}_count${inBraces(labels)} ${total}`];
}

function inBraces(labels: readonly string[]): string {
  return labels.length === 0 ? '' : `{${labels.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
