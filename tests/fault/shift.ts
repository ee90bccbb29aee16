import { check, type Violation } from './checker.ts';
import { collect } from './collect.ts';
import type { Evidence } from './evidence.ts';
import { readFile } from './kept.ts';
import { planRound, playRound, type RoundReport } from './round.ts';
import { World } from './world.ts';

/** What came of a shift. */
export interface ShiftReport {
  readonly rounds: readonly RoundReport[];
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
}

/**
 * Plays rounds one after the other, each on the file that the one before left and with the host that took over in it:
 * so a file lives through as many deaths as there are rounds. The checker judges in the end, over all of them: what
 * an earlier round left must not have been touched by a later death either.
 */
export async function playShift(seeds: readonly number[]): Promise<ShiftReport> {
  const world = await World.create();
  try {
    await world.start();
    const rounds: RoundReport[] = [];
    for (const seed of seeds) rounds.push(await playRound(world, planRound(seed)));
    const ended = await world.stop();
    const witnesses = rounds.flatMap(round => round.witnesses);
    const evidence = collect(world.simulator, witnesses, readFile(world.file));
    const violations = [...check(evidence)];
    const stuck = (thread: string, what: string) => violations.push({ thread, rule: 'stuck', what });
    if (ended?.code !== 0) stuck('all', `the host did not end in order: ${ended?.output}`);
    for (const { plan, failures } of rounds)
      for (const what of failures) stuck(`${plan.scenario.name}, seed ${plan.seed}`, what);
    return { rounds, evidence, violations };
  } finally {
    await world.close();
  }
}
