import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Program, startProgram } from '../support/program.ts';
import { metaSettings, startHost } from './host.ts';
import { goalRow, median, medianRatio, type Section } from './report.ts';

const starts = 11;

/** How long the host takes to start, against a bare server of the same two packages. */
export async function benchColdStart(folder: string): Promise<Section> {
  const times = { bare: [] as number[], simulator: [] as number[], meta: [] as number[] };
  const fresh = () => mkdtemp(join(folder, 'start-'));
  for (let round = 0; round <= starts; round += 1) {
    const bare = await time(() => startBare(folder));
    const [one, other] = [await fresh(), await fresh()];
    const simulator = await time(() => startHost(one, {}));
    const meta = await time(() => startHost(other, metaSettings('http://127.0.0.1:9')));
    // The first start reads the files from the disk.
    if (round === 0) continue;
    times.bare.push(bare);
    times.simulator.push(simulator);
    times.meta.push(meta);
  }
  const { bare, simulator, meta } = times;
  const [ofBare, ofSimulator, ofMeta] = [bare, simulator, meta].map(all => median(all).toFixed(0));
  return {
    title: 'Cold start, against restify with botbuilder',
    shape: `From the spawn of the process to the line by which it says that it listens, each start on an empty store. The
bare server has restify, botbuilder's CloudAdapter and one route. TypeScript is run by Node in both. Medians of ${starts}
interleaved starts; the files are in the system's cache.`,
    beside: 'importing botbuilder, restify and the SDKs takes 0.53 to 0.65 s.',
    rows: [
      goalRow('with Meta’s channel', medianRatio(meta, bare), { most: 1.3 }),
      goalRow('with the simulator (`npm start` as it comes)', medianRatio(simulator, bare), { most: 1.3 }),
      {
        what: 'milliseconds',
        value: `bare ${ofBare}, with Meta ${ofMeta}, with the simulator ${ofSimulator}`,
      },
    ],
  };
}

async function time(start: () => Promise<Program>): Promise<number> {
  const begin = performance.now();
  const program = await start();
  const ms = performance.now() - begin;
  await program.end();
  return ms;
}

function startBare(folder: string): Promise<Program> {
  return startProgram([join(import.meta.dirname, 'bareServer.ts')], { ready: /^(\d+)$/, folder });
}
