import { check, type Violation } from './checker.ts';
import { collect, type Witness } from './collect.ts';
import type { Evidence } from './evidence.ts';
import { Fleet } from './fleet.ts';
import { type FleetReport, playFleetRound } from './fleetRound.ts';

/** How many instances share a database. */
export const instances = 3;

/** What came of a shift of several instances. */
export interface FleetShiftReport {
  readonly rounds: readonly FleetReport[];
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
}

/**
 * Plays rounds one after the other over one database, as `playShift` does over one file.
 *
 * @param database an address; it is empty
 */
export async function playFleetShift(database: string, seeds: readonly number[]): Promise<FleetShiftReport> {
  const fleet = await Fleet.create(database, instances);
  try {
    const rounds: FleetReport[] = [];
    for (const seed of seeds) rounds.push(await playFleetRound(fleet, seed));
    const judged = await judgeFleet(
      fleet,
      rounds.flatMap(({ witnesses }) => witnesses),
    );
    const stuck = rounds.flatMap(({ seed, failures }) =>
      failures.map((what): Violation => ({ thread: `seed ${seed}`, rule: 'stuck', what })),
    );
    return { rounds, ...judged, violations: [...judged.violations, ...stuck] };
  } finally {
    await fleet.close();
  }
}

/** Ends the instances in order, and has the checker judge what was played. */
export async function judgeFleet(
  fleet: Fleet,
  witnesses: readonly Witness[],
): Promise<Pick<FleetShiftReport, 'evidence' | 'violations'>> {
  const unruly = await fleet.stop();
  const evidence = collect(fleet.simulator, witnesses, await fleet.kept(), fleet.texts.calls);
  const stuck = unruly.map((output): Violation => {
    return { thread: 'all', rule: 'stuck', what: `a host did not end in order: ${output}` };
  });
  return { evidence, violations: [...check(evidence), ...stuck] };
}
