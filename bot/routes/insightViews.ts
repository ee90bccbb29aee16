import type { Insights } from '../../middleware/acknowledgements/figures/insights.ts';
import { durationNames } from '../../middleware/acknowledgements/figures/names.ts';
import type { Percentiles } from '../../middleware/acknowledgements/figures/sketch.ts';
import type { Summary } from '../../middleware/acknowledgements/figures/summarize.ts';
import { viewFailure } from './failureViews.ts';
import { isoTime } from './messageViews.ts';

/** How many parts of a share are told apart: hundredths of a percent. */
const sharesOf = 10_000;

/**
 * Insights as the API shows them: times as texts, durations in whole milliseconds, since that is what was measured, shares
 * to a hundredth of a percent, and what the codes of failures mean.
 */
export function viewInsights({ period, businesses, hours, days, ...total }: Insights) {
  return {
    period: { from: isoTime(period.from), to: isoTime(period.to) },
    ...rounded(total),
    failureCodes: businesses
      .flatMap(({ channel, failures }) =>
        Object.entries(failures).map(([code, count]) => ({
          channel,
          ...viewFailure(channel, { code }),
          count,
        })),
      )
      .toSorted((one, other) => other.count - one.count),
    businesses: businesses.map(({ velocity, ...business }) => ({
      ...rounded(business),
      velocity: velocity && {
        ...velocity,
        recentMs: velocity.recentMs && Math.round(velocity.recentMs),
        baselineMs: Math.round(velocity.baselineMs),
      },
    })),
    ...(hours && { hours: hours.map(({ hour, ...rest }) => ({ hour: isoTime(hour), ...rounded(rest) })) }),
    ...(days && { days: days.map(({ day, ...rest }) => ({ day: isoTime(day), ...rounded(rest) })) }),
  };
}

function rounded<Of extends Summary>(summary: Of): Of {
  const { readWithin60s, silentReaderShare } = summary;
  return {
    ...summary,
    ...Object.fromEntries(durationNames.map(name => [name, whole(summary[name])])),
    readWithin60s: readWithin60s && Math.round(readWithin60s * sharesOf) / sharesOf,
    silentReaderShare: silentReaderShare && Math.round(silentReaderShare * sharesOf) / sharesOf,
  };
}

function whole({ count, p50, p95, p99 }: Percentiles): Percentiles {
  return { count, p50: p50 && Math.round(p50), p95: p95 && Math.round(p95), p99: p99 && Math.round(p99) };
}
