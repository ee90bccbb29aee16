import { cpus } from 'node:os';

/** One part of the report. */
export interface Section {
  readonly title: string;
  /** How it was measured: the shape of the load, and what stands in for whom. */
  readonly shape: string;
  /** What was measured before, on the same machine: `facts/limits.md`. */
  readonly beside: string;
  readonly rows: readonly Row[];
}

/** One row of the report: a figure with what it has to be, if a goal is set. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly goal?: string;
  readonly met?: boolean;
}

/** What a figure has to be: at least so much, or at most. */
export type Goal = { readonly least: number } | { readonly most: number };

/** A row with a goal. */
export function goalRow(what: string, figure: number, goal: Goal, unit = ''): Row {
  const digits = unit === '' ? 2 : 1;
  const [sign, limit, met] =
    'least' in goal ? ['≥', goal.least, figure >= goal.least] : ['≤', goal.most, figure <= goal.most];
  return { what, value: figure.toFixed(digits) + unit, goal: `${sign} ${limit}${unit}`, met };
}

/** The middle one of some figures. */
export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5);
}

/** The figure below which a share of the others lie. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}

/**
 * A row with the median of the ratios of figures that were measured side by side, round by round: what slows a round down
 * slows down both. The quartiles beside it tell how far it can be trusted.
 */
export function ratioRow(what: string, figures: readonly number[], to: readonly number[], goal?: Goal): Row {
  const ratios = figures.map((figure, round) => figure / Number(to[round]));
  const quartiles = [0.25, 0.75].map(share => percentile(ratios, share).toFixed(2)).join(' to ');
  const value = `${median(ratios).toFixed(2)} (${quartiles})`;
  return goal === undefined ? { what, value } : { ...goalRow(what, median(ratios), goal), value };
}

/** A section in Markdown. */
export function inMarkdown({ title, shape, beside, rows }: Section): string {
  const lines = rows.map(
    ({ what, value, goal = '', met }) =>
      `| ${what} | ${value} | ${goal} | ${met === undefined ? '' : met ? 'yes' : '**no**'} |`,
  );
  return [
    `## ${title}`,
    shape,
    ['| what | figure | goal | met |', '|---|---|---|---|', ...lines].join('\n'),
    `Measured before (facts/limits.md): ${beside}`,
    '',
  ].join('\n\n');
}

/** What machine this is. */
export function machine(): string {
  const all = cpus();
  return `${all.length} cores (${all[0]?.model.trim()}), ${process.platform}, Node ${process.version}`;
}
