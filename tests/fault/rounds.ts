import { playShift, type ShiftReport } from './shift.ts';

/** Rounds that one store lives through. */
const roundsPerShift = 10;
/** Shifts at a time. A round waits for a process to start most of its time, so two keep two cores busy. */
const lanes = 2;

/** How many rounds to play: `BLUETICK_FAULT_ROUNDS`, and what there is where nobody says. */
export const roundsWanted = (usual: number) => wholeNumber('BLUETICK_FAULT_ROUNDS', usual, 1);

/** The first round's seed, which the others count on from: `BLUETICK_FAULT_SEED`, to play one again. */
export const firstSeed = (usual: number) => wholeNumber('BLUETICK_FAULT_SEED', usual, 0);

function wholeNumber(name: string, usual: number, least: number): number {
  const got = process.env[name];
  const value = Number(got ?? usual);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${name}: got ${got}, allowed: a whole number from ${least} on`);
}

/** Plays rounds of one host over a file, several shifts at a time. */
export function playRounds(
  first: number,
  rounds: number,
  onShift?: (report: ShiftReport) => void,
): Promise<readonly ShiftReport[]> {
  return playInShifts(first, rounds, playShift, onShift);
}

/**
 * Plays rounds, several shifts at a time.
 *
 * @param play plays a shift, by the seeds of its rounds
 * @param perShift the rounds that one store lives through. Default 10
 */
export async function playInShifts<Report>(
  first: number,
  rounds: number,
  play: (seeds: readonly number[]) => Promise<Report>,
  onShift: (report: Report) => void = () => {},
  perShift = roundsPerShift,
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  let next = 0;
  const work = async () => {
    while (next < rounds) {
      const from = next;
      next = Math.min(rounds, from + perShift);
      const report = await play(Array.from({ length: next - from }, (_, index) => first + from + index));
      reports.push(report);
      onShift(report);
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return reports;
}
