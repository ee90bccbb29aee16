import { hourMs, hourOf } from './names.ts';
import { type BinCount, binOf, percentilesOf } from './sketch.ts';

const minuteMs = 60_000;
/** Messages that were delivered so many minutes ago, or less, are recent. */
const recentMinutes = 15;
/** What is neither delivered nor failed so many minutes after the provider took it counts as if it took that long. */
const overdueMinutes = 5;
/** What the recent messages are compared with: those of the hours before. */
const baselineMs = 24 * hourMs;
/** Fewer messages than this show nothing. */
const enough = 20;
/** The median that a business is taken to have while there are fewer before to tell. */
const assumedMedianMs = 60_000;
/** Deliveries are slow where the median is more than so many times the earlier one, and above so many milliseconds. */
const slow = { times: 3, aboveMs: 10_000 };
/** Once they are, they stay so until the median has come down to this: an alarm must not flap. */
const stillSlow = { times: 2, aboveMs: 5000 };

/** How fast messages of a business are delivered: medians of sent → delivered, in milliseconds. */
export interface Speed {
  readonly recentCount: number;
  /** `null` where there was none. */
  readonly recentMs: number | null;
  readonly baselineCount: number;
  /** What it is compared with; assumed where too few messages tell. */
  readonly baselineMs: number;
}

/** Whether deliveries are slow. Nothing recent shows nothing: then it is as it was. */
export function isSlow({ recentCount, recentMs, baselineMs: baseline }: Speed, was: boolean): boolean {
  if (recentMs === null) return was;
  const { times, aboveMs } = was ? stillSlow : slow;
  return (was || recentCount >= enough) && recentMs > Math.max(times * baseline, aboveMs);
}

/** Counts by bin. */
type Bins = Map<number, number>;

/** One minute of a business. */
interface Minute {
  /** How long the messages that were delivered in it took. */
  readonly delivered: Bins;
  /** The messages that the provider took in it, and how many of these have been delivered, have failed or were taken back. */
  accepted: number;
  settled: number;
}

/** How fast messages of one business arrive: a few minutes in detail, a day by the hour. */
export class Pace {
  readonly #minutes = new Map<number, Minute>();
  readonly #hours = new Map<number, Bins>();
  /** Whether deliveries are slow, as it was last found. */
  slow = false;

  /** Whether there is anything recent. */
  get isActive(): boolean {
    return this.#minutes.size > 0;
  }

  /** Whether nothing is known that matters any more. */
  get isEmpty(): boolean {
    return !this.isActive && this.#hours.size === 0 && !this.slow;
  }

  accepted(at: number): void {
    this.#minuteOf(at).accepted += 1;
  }

  settled(acceptedAt: number): void {
    const minute = this.#minutes.get(minuteOf(acceptedAt));
    if (minute !== undefined) minute.settled += 1;
  }

  delivered(bin: number, now: number): void {
    add(this.#minuteOf(now).delivered, bin, 1);
  }

  /** Something that an earlier process counted. */
  remember(hour: number, { bin, count }: BinCount): void {
    add(this.#hourOf(hour), bin, count);
  }

  /** How fast it goes, as of now. What is no longer recent becomes what later is compared with. */
  measure(now: number): Speed {
    this.#roll(now);
    const recent: BinCount[] = [];
    const overdue = binOf(overdueMinutes * minuteMs);
    for (const [index, { delivered, accepted, settled }] of this.#minutes) {
      recent.push(...binsOf(delivered));
      const late = index < minuteOf(now) - overdueMinutes;
      if (late) recent.push({ bin: overdue, count: Math.max(accepted - settled, 0) });
    }
    const lately = percentilesOf(recent);
    const before = percentilesOf([...this.#hours.values()].flatMap(binsOf));
    return {
      recentCount: lately.count,
      recentMs: lately.p50,
      baselineCount: before.count,
      baselineMs: before.p50 === null || before.count < enough ? assumedMedianMs : before.p50,
    };
  }

  #roll(now: number): void {
    for (const [index, { delivered }] of this.#minutes) {
      if (index >= minuteOf(now) - recentMinutes) continue;
      this.#minutes.delete(index);
      // What is slow is not taken for what is usual: the alarm would end with nothing mended.
      if (delivered.size === 0 || this.slow) continue;
      const bins = this.#hourOf(hourOf(index * minuteMs));
      for (const [bin, count] of delivered) add(bins, bin, count);
    }
    for (const hour of this.#hours.keys()) if (hour < hourOf(now - baselineMs)) this.#hours.delete(hour);
  }

  #minuteOf(at: number): Minute {
    const index = minuteOf(at);
    const minute = this.#minutes.get(index) ?? { delivered: new Map(), accepted: 0, settled: 0 };
    this.#minutes.set(index, minute);
    return minute;
  }

  #hourOf(hour: number): Bins {
    const bins = this.#hours.get(hour) ?? new Map();
    this.#hours.set(hour, bins);
    return bins;
  }
}

function minuteOf(at: number): number {
  return Math.floor(at / minuteMs);
}

function add(bins: Bins, bin: number, count: number): void {
  bins.set(bin, (bins.get(bin) ?? 0) + count);
}

function binsOf(bins: Bins): BinCount[] {
  return [...bins].map(([bin, count]) => ({ bin, count }));
}
