import { type Bucket, durations, type Figures, percentiles } from './figures.ts';

const messages = ['accepted', 'delivered', 'read', 'impliedRead', 'played', 'failed'] as const;
const escalations = ['escalated', 'cancelled', 'failed'] as const;

/** The names of the columns are those of the API, so that they mean the same in every language. */
const columns: readonly (readonly [name: string, of: (figures: Figures) => number | null])[] = [
  ...durations.flatMap(name => [
    [`${name}.count`, (figures: Figures) => figures[name].count] as const,
    ...percentiles.map(each => [`${name}.${each}Ms`, (figures: Figures) => figures[name][each]] as const),
  ]),
  ...messages.map(name => [`messages.${name}`, (figures: Figures) => figures.messages[name]] as const),
  ['readWithin60s', figures => figures.readWithin60s],
  ['silentReaderShare', figures => figures.silentReaderShare],
  ...escalations.map(
    name => [`escalations.${name}`, (figures: Figures) => figures.escalations[name]] as const,
  ),
];

/**
 * The figures as a table for a spreadsheet (RFC 4180): a line for each step of time, then one for the whole period. What was
 * not counted is empty.
 */
export function toCsv(buckets: readonly Bucket[], total: Figures): string {
  const line = (at: string, figures: Figures | undefined) =>
    [at, ...columns.map(([, of]) => (figures === undefined ? '' : (of(figures) ?? '')))].join(',');
  return [
    ['from', ...columns.map(([name]) => name)].join(','),
    ...buckets.map(({ at, figures }) => line(new Date(at).toISOString(), figures)),
    line('total', total),
    '',
  ].join('\r\n');
}
