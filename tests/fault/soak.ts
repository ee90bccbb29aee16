/**
 * `npm run soak`: plays rounds of the fault suite and prints the tables that `docs/reliability.md` keeps: of one host over a
 * file, 500 where nobody says, and of three hosts over PostgreSQL, 50 where nobody says, in each of which each host is killed.
 * `BLUETICK_FAULT_ROUNDS` says how many of either, `BLUETICK_FAULT_SEED` from which seed on, a new one where nobody says.
 * `npm run soak -- file` and `npm run soak -- fleet` play one of them.
 *
 * @module
 */
import { startPostgres } from '../support/postgres.ts';
import type { Violation } from './checker.ts';
import { newDatabase } from './fleetDatabase.ts';
import { playFleetShift } from './fleetShift.ts';
import { fleetTableOf } from './fleetTable.ts';
import { firstSeed, playInShifts, roundsWanted } from './rounds.ts';
import { playShift } from './shift.ts';
import { tableOf } from './table.ts';

interface Report {
  readonly rounds: readonly unknown[];
  readonly violations: readonly Violation[];
}

/** A round waits for a takeover, so that shifts are shorter than those of one host. */
const roundsPerFleet = 5;
const seed = firstSeed(Math.floor(Math.random() * 1e9));
const [, , only] = process.argv;
let violations = 0;

if (only !== 'fleet') await soak('One host over a file', roundsWanted(500), playShift, tableOf);
if (only !== 'file') {
  // With every sync, as in production.
  const cluster = await startPostgres([]);
  const play = async (seeds: readonly number[]) =>
    playFleetShift(await newDatabase(cluster, `soak_${seeds[0]}`), seeds);
  await soak('Three hosts over PostgreSQL', roundsWanted(50), play, fleetTableOf, roundsPerFleet);
  await cluster.stop();
}
process.exitCode = violations > 0 ? 1 : 0;

async function soak<Each extends Report>(
  what: string,
  rounds: number,
  play: (seeds: readonly number[]) => Promise<Each>,
  table: (reports: readonly Each[]) => string,
  perShift?: number,
): Promise<void> {
  const about = `${what}: ${rounds} rounds, seeds ${seed} to ${seed + rounds - 1}`;
  process.stderr.write(`${about}\n`);
  const began = performance.now();
  let played = 0;
  const onShift = (report: Each) => {
    played += report.rounds.length;
    violations += report.violations.length;
    process.stderr.write(
      `${played} of ${rounds} rounds, ${report.violations.length} violations in the latest\n`,
    );
    for (const { thread, rule, what } of report.violations)
      process.stderr.write(`  ${rule}: ${thread}: ${what}\n`);
  };
  const reports = await playInShifts(seed, rounds, play, onShift, perShift);
  const minutes = Math.round((performance.now() - began) / 60_000);
  process.stdout.write(`${about}, Node ${process.version}, ${minutes} minutes\n\n${table(reports)}\n`);
}
