import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { environment } from './hostProcess.ts';

const root = join(import.meta.dirname, '..', '..');
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');

/** A run that takes longer is ended. */
const withinMs = 200_000;

/** How a run of mocha in a process of its own ended. */
export interface MochaRun {
  readonly exitCode: number | null;
  readonly passes: number;
  readonly pending: number;
  /** Of each test or hook that failed, its full title and the first line of what it threw. */
  readonly failures: readonly string[];
  /** What the run wrote to standard output and standard error. */
  readonly output: string;
}

interface Report {
  readonly stats: { readonly passes: number; readonly pending: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
}

/**
 * Runs mocha, without the project's configuration.
 *
 * @param options.node the Node that runs it. Default: this one
 * @throws Error with what it said if it ended without a report
 */
export async function runMocha(
  args: readonly string[],
  {
    node = process.execPath,
    settings = {},
  }: { node?: string; settings?: Readonly<Record<string, string>> } = {},
): Promise<MochaRun> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-mocha-'));
  try {
    const file = join(folder, 'report.json');
    const reporter = ['--reporter', 'json', '--reporter-option', `output=${file}`];
    const child = spawn(node, [mocha, '--no-config', '--exit', ...reporter, ...args], {
      cwd: root,
      // What another run or another Node executes would only blur this run's coverage.
      env: environment({ NODE_V8_COVERAGE: '', ...settings }),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: withinMs,
    });
    const [said, complained, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    const output = said + complained;
    const report = await readFile(file, 'utf8').catch(cause => {
      throw new Error(`mocha ended with ${exitCode} and without a report:\n${output}`, { cause });
    });
    const { stats, failures } = JSON.parse(report) as Report;
    return {
      exitCode,
      passes: stats.passes,
      pending: stats.pending,
      failures: failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message?.split('\n', 1)}`),
      output,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
