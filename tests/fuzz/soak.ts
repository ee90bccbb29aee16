/**
 * `npm run soak -- fuzz`: `BLUETICK_FUZZ_INPUTS` inputs a parser and a check of a proof, a million where nobody says, from the
 * seed `BLUETICK_FUZZ_SEED`, a new one where nobody says. `-- fuzz meta` plays those alone that have `meta` in their names: the
 * whole takes an hour. Prints the table that `docs/reliability.md` keeps, each row as soon as it is there to standard error.
 * MCP gets a tenth: its SDK makes a server of each message. An input is slow if reading it takes longer than {@link allowedMs} four times in a row.
 *
 * @module
 */
import { acsByToken } from '../security/acsByToken.ts';
import type { AttackedChannel } from '../security/attackedChannel.ts';
import {
  type FuzzCount,
  type FuzzRun,
  fuzzAnswers,
  fuzzParser,
  fuzzProof,
  fuzzReading,
  fuzzSecret,
} from './fuzz.ts';
import { openMcp } from './mcp.ts';
import { readings } from './readings.ts';
import { secrets } from './secrets.ts';
import { type Door, doors, openDoor } from './targets.ts';

type Watch = Required<FuzzRun>['watch'];

const inputs = Number(process.env.BLUETICK_FUZZ_INPUTS ?? 1_000_000);
const seed = Number(process.env.BLUETICK_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Some hundred times what a body of this size takes: what grows faster than its input passes it. */
const allowedMs = (bytes: number) => 5 + bytes / 1000;

const [, , , part = ''] = process.argv;
const rows: string[] = [];
process.stderr.write(`${inputs} inputs each, seed ${seed}\n`);
for (const reading of readings)
  await play(`${reading.title}: parser`, watch => fuzzReading(reading, { inputs, seed, watch }));
for (const attacked of doors)
  if (attacked !== acsByToken)
    await atDoor(attacked, 'parser', (door, watch) => fuzzParser(door, { inputs, seed, watch }));
for (const attacked of doors) await atDoor(attacked, 'proof', door => fuzzProof(door, { inputs, seed }));
for (const make of secrets) {
  const secret = await make();
  await play(`${secret.title}: proof`, () => fuzzSecret(secret, { inputs, seed }));
  await secret.close?.();
}
const mcp = await openMcp();
await play('MCP: answers', () => fuzzAnswers(mcp, { inputs: inputs / 10, seed }));
await mcp.close();
if (rows.length === 0) throw new Error(`No door has ${JSON.stringify(part)} in its name`);
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

async function atDoor(
  attacked: AttackedChannel,
  what: 'parser' | 'proof',
  fuzz: (door: Door, watch: Watch) => FuzzCount | Promise<FuzzCount>,
): Promise<void> {
  const door = await openDoor(attacked);
  await play(`${attacked.title}: ${what}`, watch => fuzz(door, watch));
  await door.close();
}

async function play(title: string, fuzz: (watch: Watch) => FuzzCount | Promise<FuzzCount>): Promise<void> {
  if (!title.includes(part)) return;
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
