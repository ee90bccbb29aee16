import type { ChannelName } from '../../domain.ts';
import { BluetickError } from '../../errors.ts';
import type { FigureCount, LedgerStore } from '../../ledgerStore.ts';
import type { FigureOwner } from './figureRecorder.ts';
import { hourMs, hourOf } from './names.ts';
import { type Summary, summarize } from './summarize.ts';
import type { Velocity } from './velocityMonitor.ts';

const dayMs = 24 * hourMs;

/** The longest periods: what is read, and for the hours what is answered, grows with them. */
const longestMs = { total: 31 * dayMs, byHour: 7 * dayMs };

/** How much is read at once: between two readings the store does what else there is to do, webhooks first of all. */
const readAtOnceMs = 6 * hourMs;

/** How far back messages are looked at to find the stuck ones. */
const stuckWithinMs = dayMs;

/** After how long they count as stuck, where nobody says. */
const usuallyStuckAfterMs = 5 * 60_000;

/** How many messages that have not arrived are looked at, the latest: a hundred thousand would hold webhooks up. */
const stuckLookedAt = 10_000;

/** Which insights are asked for. */
export interface InsightsQuery {
  /** Unix milliseconds; taken from the beginning of its hour. Default 24 hours before `to`. */
  readonly from?: number;
  /** Unix milliseconds; taken to the end of its hour. Default now. */
  readonly to?: number;
  /** Default all. */
  readonly channel?: ChannelName;
  /** Default all. */
  readonly business?: string;
  /** Whether the hours are told one by one too. Default `false`. */
  readonly byHour?: boolean;
  /** Whether the days are told one by one too: 24 hours each, from the beginning of the period. Default `false`. */
  readonly byDay?: boolean;
  /**
   * After how long a message that is neither delivered nor failed counts as stuck, in milliseconds. Default 5 minutes,
   * after which most messages have long arrived; up to 24 hours.
   */
  readonly stuckAfterMs?: number;
}

/** What is known of one business, or of all together. */
interface Standing {
  /** Messages of the last 24 hours that are stuck now, whatever period is asked for. */
  readonly stuck: number;
}

/** What acknowledgements tell: what customers waited, how fast messages arrive, what becomes of them. */
export interface Insights extends Summary, Standing {
  /**
   * Whether more messages have not arrived than the 10,000 latest, which are all that is looked at: each `stuck` is at
   * least so many then.
   */
  readonly moreStuck: boolean;
  /** The hours that were added up, from the beginning of the first to the end of the last. */
  readonly period: { readonly from: number; readonly to: number };
  readonly businesses: readonly (FigureOwner &
    Summary &
    Standing & {
      /** How fast messages are delivered now; `null` where none was in the last day. */
      readonly velocity: Omit<Velocity, 'channel' | 'business'> | null;
    })[];
  /** The hours in which something was counted, earliest first, if they were asked for. */
  readonly hours?: readonly (Summary & { readonly hour: number })[];
  /** The same of the days, by the hour that each begins in. */
  readonly days?: readonly (Summary & { readonly day: number })[];
}

/**
 * Adds the figures of a period up. What it reads is bounded by hours and bins, not by messages.
 *
 * @param now Unix milliseconds
 * @param velocities how fast each business is now
 * @throws BluetickError `invalid_request` if the query makes no sense, with the field; `store_unavailable`
 */
export async function insightsOf(
  store: Pick<LedgerStore, 'figures' | 'stuck'>,
  query: InsightsQuery,
  now: number,
  velocities: readonly Velocity[] = [],
): Promise<Insights> {
  const { channel, business, byHour = false, byDay = false, stuckAfterMs = usuallyStuckAfterMs } = query;
  const period = periodOf(query, now);
  if (!(stuckAfterMs >= 0 && stuckAfterMs <= stuckWithinMs))
    throw invalid('stuckAfterMs', stuckAfterMs, `milliseconds from 0 to ${stuckWithinMs}`);
  const asked = {
    ...(channel !== undefined && { channel }),
    ...(business !== undefined && { business }),
  };
  const { counts: stuckNow, more: moreStuck } = await readStuck(store, now, stuckAfterMs);
  const figures: FigureCount[] = [];
  for (let from = period.from; from < period.to; from += readAtOnceMs) {
    const to = Math.min(from + readAtOnceMs, period.to);
    figures.push(...(await store.figures({ ...asked, from, to, byHour })));
  }
  const isAsked = (of: FigureOwner) =>
    (channel ?? of.channel) === of.channel && (business ?? of.business) === of.business;
  const stuck = new Map(stuckNow.filter(isAsked).map(each => [keyOf(each), each]));
  const speeds = new Map(velocities.filter(isAsked).map(each => [keyOf(each), each]));
  const dayOf = (hour: number) => hour - ((hour - period.from) % dayMs);
  const byBusiness = Map.groupBy(figures, keyOf);
  const owners = new Map([...stuck, ...speeds, ...[...byBusiness].map(firstOf)]);
  return {
    period,
    ...summarize(figures),
    stuck: [...stuck.values()].reduce((sum, { count }) => sum + count, 0),
    moreStuck,
    businesses: [...owners.entries()].toSorted(byKey).map(([key, of]) => ({
      channel: of.channel,
      business: of.business,
      ...summarize(byBusiness.get(key) ?? []),
      stuck: stuck.get(key)?.count ?? 0,
      velocity: withoutOwner(speeds.get(key)),
    })),
    ...(byHour && {
      hours: summaries(figures, ({ hour }) => hour).map(([hour, summary]) => ({ hour, ...summary })),
    }),
    ...(byDay && {
      days: summaries(figures, ({ hour }) => dayOf(hour)).map(([day, summary]) => ({ day, ...summary })),
    }),
  };
}

/**
 * Counts the messages that are stuck now.
 *
 * @param afterMs see {@link InsightsQuery.stuckAfterMs}
 * @throws BluetickError `store_unavailable`
 */
export function readStuck(
  store: Pick<LedgerStore, 'stuck'>,
  now: number,
  afterMs = usuallyStuckAfterMs,
): ReturnType<LedgerStore['stuck']> {
  return store.stuck({ from: now - stuckWithinMs, to: now - afterMs, lookAt: stuckLookedAt });
}

/** Figures added up by a time, the earliest first. */
function summaries(figures: readonly FigureCount[], timeOf: (figure: FigureCount) => number) {
  return [...Map.groupBy(figures, timeOf)]
    .toSorted(([one], [other]) => one - other)
    .map(([at, of]) => [at, summarize(of)] as const);
}

function periodOf(
  { from, to, byHour = false }: InsightsQuery,
  now: number,
): { readonly from: number; readonly to: number } {
  const end = to ?? now;
  const begin = from ?? end - dayMs;
  if (!Number.isSafeInteger(end) || end < 0) throw invalid('to', end, 'Unix milliseconds');
  if (!Number.isSafeInteger(begin) || begin < 0 || begin >= end)
    throw invalid('from', begin, `Unix milliseconds before ${end}`);
  const period = { from: hourOf(begin), to: hourOf(end - 1) + hourMs };
  const longest = byHour ? longestMs.byHour : longestMs.total;
  if (period.to - period.from > longest + hourMs)
    throw invalid('from', begin, `at most ${longest / dayMs} days before ${end}`);
  return period;
}

function invalid(field: string, got: number, allowed: string): BluetickError {
  return new BluetickError('invalid_request', `${field}: got ${got}; allowed: ${allowed}`, { field });
}

const keyOf = ({ channel, business }: FigureOwner) => `${channel}\0${business}`;
const firstOf = ([key, figures]: [string, FigureCount[]]) => [key, figures[0] as FigureOwner] as const;
const byKey = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);

function withoutOwner(velocity: Velocity | undefined): Omit<Velocity, 'channel' | 'business'> | null {
  if (velocity === undefined) return null;
  const { channel: _channel, business: _business, ...speed } = velocity;
  return speed;
}
