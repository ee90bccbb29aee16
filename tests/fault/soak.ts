/**
 * `npm run soak`: plays `BLUETICK_FAULT_ROUNDS` rounds of the fault suite, 500 where nobody says, from the seed
 * `BLUETICK_FAULT_SEED`, a new one where nobody says, and prints the table that `docs/reliability.md` keeps.
 *
 * @module
 */
import { firstSeed, playRounds, roundsWanted } from './rounds.ts';
import { tableOf } from './table.ts';

const rounds = roundsWanted(500);
const seed = firstSeed(Math.floor(Math.random() * 1e9));
const began = performance.now();
let played = 0;
process.stderr.write(`${rounds} rounds, seeds ${seed} to ${seed + rounds - 1}\n`);
const reports = await playRounds(seed, rounds, report => {
  played += report.rounds.length;
  process.stderr.write(
    `${played} of ${rounds} rounds, ${report.violations.length} violations in the latest\n`,
  );
  for (const { thread, rule, what } of report.violations)
    process.stderr.write(`  ${rule}: ${thread}: ${what}\n`);
});
const minutes = Math.round((performance.now() - began) / 60_000);
process.stdout.write(
  `${rounds} rounds, seeds ${seed} to ${seed + rounds - 1}, Node ${process.version}, ${minutes} minutes\n\n`,
);
process.stdout.write(tableOf(reports));
process.exitCode = reports.some(({ violations }) => violations.length > 0) ? 1 : 0;
