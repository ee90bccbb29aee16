/**
 * `npm run soak -- fuzz`: `BLUETICK_FUZZ_INPUTS` inputs a parser and a signature check, a million where nobody says, from the
 * seed `BLUETICK_FUZZ_SEED`, a new one where nobody says. Prints the table that `docs/reliability.md` keeps. An input is slow if
 * reading it takes longer than {@link allowedMs} four times in a row.
 *
 * @module
 */
import { acsByToken } from '../security/acsByToken.ts';
import { type FuzzCount, type FuzzRun, fuzzDataverse, fuzzParser, fuzzProof } from './fuzz.ts';
import { doors, openDoor } from './targets.ts';

const inputs = Number(process.env.BLUETICK_FUZZ_INPUTS ?? 1_000_000);
const seed = Number(process.env.BLUETICK_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Some hundred times what a body of this size takes: what grows faster than its input passes it. */
const allowedMs = (bytes: number) => 5 + bytes / 1000;

const rows: string[] = [];
process.stderr.write(`${inputs} inputs each, seed ${seed}\n`);
await play('Dataverse: parser', watch => fuzzDataverse({ inputs, seed, watch }));
for (const attacked of doors) {
  const door = await openDoor(attacked);
  if (attacked !== acsByToken)
    await play(`${attacked.title}: parser`, watch => fuzzParser(door, { inputs, seed, watch }));
  await door.close();
}
for (const attacked of doors) {
  const door = await openDoor(attacked);
  await play(`${attacked.title}: proof`, () => fuzzProof(door, { inputs, seed }));
  await door.close();
}
process.stdout.write(
  [
    `${inputs.toLocaleString('en')} inputs each, seed ${seed}, Node ${process.version}`,
    '',
    '| door | taken | refused | crashed | the slowest input, ms |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n'),
);

async function play(
  title: string,
  fuzz: (watch: Required<FuzzRun>['watch']) => FuzzCount | Promise<FuzzCount>,
): Promise<void> {
  let slowest = 0;
  const { taken, refused } = await fuzz((bytes, work) => {
    let { ms, error } = timed(work);
    // The garbage of earlier inputs may fall into one try: not into four.
    for (let again = 0; again < 3 && ms > 1; again++) ms = Math.min(ms, timed(work).ms);
    slowest = Math.max(slowest, ms);
    if (ms > allowedMs(bytes)) error = new Error(`${bytes} bytes took ${ms.toFixed(1)} ms`);
    if (error !== undefined) throw error;
  });
  const cells = [title, taken.toLocaleString('en'), refused.toLocaleString('en'), '0'];
  rows.push(`| ${[...cells, title.endsWith('parser') ? slowest.toFixed(2) : ''].join(' | ')} |`);
  process.stderr.write(`${rows.at(-1)}\n`);
}

/** How long this thread works on it, whatever else the machine does meanwhile, and what it throws. */
function timed(work: () => void): { readonly ms: number; readonly error: unknown } {
  const began = process.threadCpuUsage();
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  const { user, system } = process.threadCpuUsage(began);
  return { ms: (user + system) / 1000, error: thrown };
}
