import { check, type Violation } from './checker.ts';
import { collect, type Witness } from './collect.ts';
import { readFile } from './kept.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** Ends the host in order, and has the checker judge what was played on a stage. */
export async function judge(
  world: World,
  stage: Stage,
  facts: Pick<Witness, 'kills' | 'faults'> = { kills: 0, faults: 0 },
): Promise<readonly Violation[]> {
  const ended = await world.stop();
  if (ended?.code !== 0) throw new Error(`the host did not end in order:\n${ended?.output}`);
  const witnesses = stage.witnesses({ name: 'the play', ...facts });
  return check(collect(world.simulator, witnesses, readFile(world.file)));
}
