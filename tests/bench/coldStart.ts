import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startHostProcess } from '../support/hostProcess.ts';
import { startProgram } from '../support/program.ts';
import { metaSettings } from './host.ts';
import { goalRow, median, ratioRow, type Section } from './report.ts';

const starts = 11;

/** How long the host takes to start, against a bare server of the same two packages. */
export async function benchColdStart(folder: string): Promise<Section> {
  const newFolder = () => mkdtemp(join(folder, 'start-'));
  await import('../../bot/compileAhead.ts');
  const settings = metaSettings('http://127.0.0.1:9');
  const bare: number[] = [];
  const first: number[] = [];
  const meta: number[] = [];
  const simulator: number[] = [];
  for (let round = 0; round <= starts; round += 1) {
    const times: [number[], number][] = [
      [bare, await timeBare(folder)],
      [first, await timeHost(await newFolder(), { ...settings, NODE_DISABLE_COMPILE_CACHE: '1' })],
      [meta, await timeHost(await newFolder(), settings)],
      [simulator, await timeHost(await newFolder())],
    ];
    // The first round reads the files from the disk.
    if (round > 0) for (const [all, ms] of times) all.push(ms);
  }
  const [ofBare, ofFirst, ofMeta, ofSimulator] = [bare, first, meta, simulator].map(all =>
    median(all).toFixed(0),
  );
  return {
    title: 'Cold start, against restify with botbuilder',
    shape: `From the spawn of the process to the line by which it says that it listens. The bare server has restify,
botbuilder's CloudAdapter and one route. TypeScript is run by Node in both. Every start makes a data folder. The host finds
compiled what \`npm install\` has compiled for it (\`bot/compileAhead.ts\`), as the first start of an installation does; the bare
server, and the row without, find nothing. Medians of ${starts} interleaved starts, quartiles in brackets; the files are in the
system's cache.`,
    beside: 'importing botbuilder, restify and the SDKs takes 0.53 to 0.65 s.',
    rows: [
      ratioRow('with Meta’s channel', meta, bare, { most: 1.3 }),
      ratioRow('with the simulator (`npm start` as it comes)', simulator, bare, { most: 1.3 }),
      ratioRow('with Meta’s channel, nothing compiled (`npm install --ignore-scripts`)', first, bare),
      goalRow('ready with Meta’s channel, on the embedded store', median(meta), { most: 1000 }, ' ms'),
      {
        what: 'milliseconds',
        value: `bare ${ofBare}, with Meta ${ofMeta}, with the simulator ${ofSimulator}, nothing compiled ${ofFirst}`,
      },
    ],
  };
}

async function timeBare(folder: string): Promise<number> {
  const begin = performance.now();
  const server = await startProgram([join(import.meta.dirname, 'bareServer.ts')], {
    ready: /^(\d+)$/,
    folder,
  });
  const ms = performance.now() - begin;
  await server.end();
  return ms;
}

/** The host ends in order, so that it keeps what it keeps for its next start. */
async function timeHost(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<number> {
  const begin = performance.now();
  const host = await startHostProcess({ BLUETICK_DATA: folder, LOG_LEVEL: 'warn', ...settings });
  const ms = performance.now() - begin;
  await host.end('SIGTERM');
  return ms;
}
