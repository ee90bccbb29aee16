/** What is measured as a duration, in the order of the page: see `docs/insights.md`. */
export const durations = ['receiptWait', 'replyWait', 'delivery', 'reading'] as const;

/** See {@link durations}. */
export type DurationName = (typeof durations)[number];

/** The percentiles that are told. */
export const percentiles = ['p50', 'p95', 'p99'] as const;

/** A distribution of durations, in milliseconds; `null` where nothing was counted. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The figures of some time, as `GET /api/v1/insights` tells them. */
export interface Figures extends Readonly<Record<DurationName, Percentiles>> {
  readonly messages: Readonly<
    Record<'accepted' | 'delivered' | 'read' | 'impliedRead' | 'played' | 'failed', number>
  >;
  readonly readWithin60s: number | null;
  readonly silentReaderShare: number | null;
  readonly refused: Readonly<Record<string, number>>;
  readonly escalations: Readonly<Record<'escalated' | 'cancelled' | 'failed', number>>;
}

/** One business of the answer. */
export interface BusinessFigures extends Figures {
  readonly channel: string;
  readonly business: string;
  readonly stuck: number;
  readonly velocity: {
    readonly slow: boolean;
    readonly recentMs: number | null;
    readonly baselineMs: number;
  } | null;
}

/** What `GET /api/v1/insights` answers, as far as it is shown. */
export interface InsightsAnswer extends Figures {
  readonly period: { readonly from: string; readonly to: string };
  readonly stuck: number;
  readonly moreStuck: boolean;
  readonly failureCodes: readonly {
    readonly channel: string;
    readonly code: string;
    readonly is: string;
    readonly todo: string;
    readonly count: number;
  }[];
  readonly businesses: readonly BusinessFigures[];
  readonly hours?: readonly (Figures & { readonly hour: string })[];
  readonly days?: readonly (Figures & { readonly day: string })[];
}

/** One step of time: its figures, or none where nothing was counted in it. */
export interface Bucket {
  /** Unix milliseconds. */
  readonly at: number;
  readonly figures: Figures | undefined;
}

/**
 * The steps of the period one after the other, those without figures too, so that a gap is seen as one. Hours that have not
 * begun are left out.
 *
 * @param now Unix milliseconds
 */
export function bucketsOf(answer: InsightsAnswer, step: number, now: number): readonly Bucket[] {
  const told = new Map<number, Figures>([
    ...(answer.hours ?? []).map(hour => [Date.parse(hour.hour), hour] as const),
    ...(answer.days ?? []).map(day => [Date.parse(day.day), day] as const),
  ]);
  const from = Date.parse(answer.period.from);
  const to = Math.min(Date.parse(answer.period.to), now + 1);
  const count = Math.max(Math.ceil((to - from) / step), 0);
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * step;
    return { at, figures: told.get(at) };
  });
}

/** What a chart of a duration draws: times in Unix seconds, then each percentile in milliseconds. */
export function seriesOf(
  buckets: readonly Bucket[],
  name: DurationName,
): [times: number[], ...values: (number | null)[][]] {
  return [
    buckets.map(({ at }) => at / 1000),
    ...percentiles.map(each => buckets.map(({ figures }) => figures?.[name][each] ?? null)),
  ];
}

/** Whether anything at all was counted. */
export function isEmpty(answer: InsightsAnswer): boolean {
  const { accepted, failed } = answer.messages;
  const counted = durations.reduce((sum, name) => sum + answer[name].count, accepted + failed + answer.stuck);
  return counted === 0 && Object.keys(answer.refused).length === 0;
}
