const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** The units by the least duration that is told in them. */
const units = [
  { unit: 'day', ms: day, from: 2 * day },
  { unit: 'hour', ms: hour, from: 2 * hour },
  { unit: 'minute', ms: minute, from: 2 * minute },
  { unit: 'second', ms: second, from: second },
  { unit: 'millisecond', ms: 1, from: 0 },
] as const;

/**
 * A duration as people say it: `640 ms`, `1.5 s`, `3.2 min`.
 *
 * @param language which language's form of numbers and units
 */
export function formatDuration(ms: number, language: string): string {
  const { unit, ms: length } = units.find(({ from }) => ms >= from) ?? units[units.length - 1] ?? units[4];
  const value = ms / length;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'millisecond' ? 0 : value < 10 ? 2 : 1,
  }).format(value);
}
