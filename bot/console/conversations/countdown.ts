import type { WindowView } from './views.ts';

/** Below this the countdown warns: time enough to finish what one writes. */
export const shortMs = 60 * 60 * 1000;

/** What is left of a window, for showing. `endless`: the channel has none. */
export type WindowLeft =
  | { readonly state: 'endless' }
  | { readonly state: 'closed' }
  | { readonly state: 'open' | 'short'; readonly leftMs: number };

/** How much of a window is left. It closes in the very millisecond that it names, also where nobody has told us yet. */
export function windowLeft({ open, closesAt }: WindowView, now: number): WindowLeft {
  if (closesAt === null) return { state: open ? 'endless' : 'closed' };
  const leftMs = Date.parse(closesAt) - now;
  if (!open || leftMs <= 0) return { state: 'closed' };
  return { state: leftMs < shortMs ? 'short' : 'open', leftMs };
}

/**
 * A duration as a countdown shows it: `23:59` hours and minutes while there is an hour, `59:59` minutes and seconds below.
 *
 * @param ms rounded up, so that `0:00` is the end and not the last second before it
 * @param language whose digits are used
 */
export function clockText(ms: number, language: string): string {
  const seconds = Math.ceil(Math.max(ms, 0) / 1000);
  const [first, second] =
    seconds >= 3600
      ? [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
      : [Math.floor(seconds / 60), seconds % 60];
  const number = new Intl.NumberFormat(language);
  const padded = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
  return `${number.format(first)}:${padded.format(second)}`;
}

/** The unit and amount in which a duration is told: seconds below a minute, then minutes, hours and days, rounded down. */
export function roughly(ms: number): { amount: number; unit: 'second' | 'minute' | 'hour' | 'day' } {
  const seconds = Math.max(Math.floor(ms / 1000), 0);
  if (seconds < 60) return { amount: seconds, unit: 'second' };
  if (seconds < 3600) return { amount: Math.floor(seconds / 60), unit: 'minute' };
  if (seconds < 86_400) return { amount: Math.floor(seconds / 3600), unit: 'hour' };
  return { amount: Math.floor(seconds / 86_400), unit: 'day' };
}

/** A duration in the short words of a language, such as `5 min`. */
export function durationText(ms: number, language: string): string {
  const { amount, unit } = roughly(ms);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(amount);
}
