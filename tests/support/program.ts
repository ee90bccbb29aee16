import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { environment } from './hostProcess.ts';

const startWithinMs = 15_000;

/** A Node program of somebody else's, in a process of its own. */
export interface Program {
  /** The groups of the pattern that was waited for. */
  readonly said: readonly string[];
  readonly pid: number;
  end(): Promise<void>;
}

/** What a program is started with, beside its arguments. */
export interface ProgramOptions {
  /** The line of standard output by which it is ready. */
  readonly ready: RegExp;
  /** Where it runs and keeps what it keeps. */
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** How long it may take to be ready, in milliseconds. Default 15 s. */
  readonly withinMs?: number;
}

/** Starts a program and waits until it is ready. Rejects with what it said if it ends before, or takes too long. */
export async function startProgram(
  args: readonly string[],
  { ready, folder, settings = {}, withinMs = startWithinMs }: ProgramOptions,
): Promise<Program> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: environment({ HOME: folder, NODE_V8_COVERAGE: '', ...settings }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const deadline = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', line => lines.push(line));
  try {
    const said = await new Promise<readonly string[]>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', line => {
        lines.push(line);
        const match = ready.exec(line);
        if (match !== null) resolve(match.slice(1));
      });
      closed.then(() => reject(new Error(`${args[0]} was not ready:\n${lines.join('\n')}`)), reject);
    });
    return {
      said,
      pid: Number(child.pid),
      async end() {
        child.kill('SIGKILL');
        await closed;
      },
    };
  } finally {
    clearTimeout(deadline);
  }
}
