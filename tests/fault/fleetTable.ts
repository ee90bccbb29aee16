import type { FleetShiftReport } from './fleetShift.ts';
import { loads } from './load.ts';
import { deathsTable, figureHeads, figures, markdown } from './table.ts';

/** The reports of several instances as Markdown: a table by what was played, one of the points of the deaths, and a line. */
export function fleetTableOf(reports: readonly FleetShiftReport[]): string {
  const threads = reports.flatMap(({ evidence }) => evidence.threads);
  const violations = reports.flatMap(report => report.violations);
  const rows = loads.map(({ name }) => {
    const isMine = ({ name: thread }: { name: string }) => thread.startsWith(`${name}, `);
    const mine = threads.filter(isMine);
    const wrong = violations.filter(({ thread }) => isMine({ name: thread }));
    return [name, mine.length, ...figures(mine), wrong.length];
  });
  const heads = ['load', 'conversations', ...figureHeads, 'violations'];
  const total = heads.map((_, column) =>
    column === 0 ? '**all**' : rows.reduce((sum, row) => sum + Number(row[column]), 0),
  );
  total[total.length - 1] = violations.length;
  const deaths = reports.flatMap(({ rounds }) => rounds.flatMap(round => round.deaths));
  const freezes = reports.flatMap(({ rounds }) => rounds.flatMap(round => round.freezes));
  const takeovers = reports.flatMap(({ evidence }) => evidence.kept.takeovers);
  const longest = Math.max(0, ...takeovers).toFixed(1);
  const sent = threads.flatMap(thread => thread.sent);
  const repeated = sent.filter(({ escalation }) => (escalation?.calls ?? 0) > 1).length;
  return [
    markdown(heads, [...rows, total]),
    deathsTable(deaths),
    `${deaths.length} deaths, and ${freezes.length} instances that froze and were taken for dead. What a dead instance was at was due again after ${longest} s at most. ` +
      `${sent.length} escalations, of which ${repeated} were called twice, under one key.\n`,
  ].join('\n');
}
