/** The periods that can be chosen. `own` has a beginning and an end that somebody enters. */
export const periodNames = ['hour', 'day', 'week', 'month', 'own'] as const;

/** See {@link periodNames}. */
export type PeriodName = (typeof periodNames)[number];

/** What stands in two entries of the type `datetime-local`: times of the browser's zone, such as `2026-11-22T09:30`. */
export interface OwnPeriod {
  readonly from: string;
  readonly to: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const spans = { hour: hourMs, day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;

/** Up to so long the host tells the hours one by one; beyond it, the days. */
const longestByHourMs = 7 * dayMs;

/** How far apart two figures of a chart are, in milliseconds. */
export type Step = typeof hourMs | typeof dayMs;

/** What to ask the host for. */
export interface Asked {
  /** Of `GET /api/v1/insights`. */
  readonly query: URLSearchParams;
  readonly step: Step;
}

/**
 * What to ask for to see a period.
 *
 * @param now Unix milliseconds
 * @param business one business alone; empty: all
 * @returns `undefined` where the times of an own period are missing or the wrong way round
 */
export function askFor(name: PeriodName, now: number, own: OwnPeriod, business: string): Asked | undefined {
  const to = name === 'own' ? Date.parse(own.to) : now;
  const from = name === 'own' ? Date.parse(own.from) : now - spans[name];
  if (!(from < to)) return undefined;
  const step = to - from <= longestByHourMs ? hourMs : dayMs;
  const query = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    [step === hourMs ? 'hourly' : 'daily']: 'true',
    ...(business !== '' && { business }),
  });
  return { query, step };
}

/** A time as an entry of the type `datetime-local` has it, in the browser's zone. */
export function localTime(at: number): string {
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offsetMs).toISOString().slice(0, 16);
}
