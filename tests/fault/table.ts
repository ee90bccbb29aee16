import type { Thread } from './evidence.ts';
import { faultPoints } from './points.ts';
import type { Death } from './round.ts';
import { scenarios } from './scenarios.ts';
import type { ShiftReport } from './shift.ts';

/** What {@link figures} are. */
export const figureHeads = [
  'messages',
  'of these delivered again',
  'read',
  'kept held',
  'replies',
  'doubled, all marked',
  'given up',
];

/** What the threads of one scenario came to. */
export function figures(threads: readonly Thread[]): readonly number[] {
  const written = threads.flatMap(thread => thread.written);
  const replies = threads.flatMap(thread => thread.replies);
  const redelivered = written.filter(({ answers }) => answers.length > 1).length;
  const held = written.filter(({ receipt }) => receipt === 'held').length;
  const doubled = replies.length - new Set(replies.map(({ correlation }) => correlation)).size;
  const sent = threads.reduce((sum, thread) => sum + thread.sent.length, 0);
  const owed = written.reduce((sum, message) => sum + message.replies.length, sent);
  const came = replies.length - doubled;
  return [written.length, redelivered, written.length - held, held, came, doubled, owed - came];
}

const heads = ['scenario', 'rounds', 'deaths', ...figureHeads, 'violations'];

/** The reports as Markdown: a table by scenario, and one of the points at which the host died. */
export function tableOf(reports: readonly ShiftReport[]): string {
  const rows = scenarios.map(({ name }) => {
    const rounds = reports.flatMap(report => report.rounds.filter(({ plan }) => plan.scenario.name === name));
    const isMine = (thread: string) => thread.startsWith(`${name}, `);
    const threads = reports.flatMap(({ evidence }) => evidence.threads.filter(thread => isMine(thread.name)));
    const wrong = reports.flatMap(({ violations }) => violations.filter(({ thread }) => isMine(thread)));
    const deaths = rounds.reduce((sum, round) => sum + round.deaths.length, 0);
    return [name, rounds.length, deaths, ...figures(threads), wrong.length];
  });
  const overall = reports.flatMap(({ violations }) => violations.filter(({ thread }) => thread === 'all'));
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  const total = heads.map((_, column) => (column === 0 ? '**all**' : sum(column)));
  total[total.length - 1] = sum(heads.length - 1) + overall.length;

  const deaths = reports.flatMap(({ rounds }) => rounds.flatMap(round => round.deaths));
  return [markdown(heads, [...rows, total]), deathsTable(deaths)].join('\n');
}

/** Where hosts died, at how many of the points that there are for their store. */
export function deathsTable(deaths: readonly Death[]): string {
  const places = [...faultPoints, 'the end'] as const;
  const died = places.filter(place => deaths.includes(place));
  return markdown(died, [died.map(place => deaths.filter(death => death === place).length)]);
}

/** A table in Markdown. */
export function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  return (
    line(head) + line(head.map((_, column) => (column === 0 ? '---' : '---:'))) + rows.map(line).join('')
  );
}
