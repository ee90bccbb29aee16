import { type ChildProcess, spawn } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const entry = join(import.meta.dirname, '..', '..', 'bot', 'index.js');
const startWithinMs = 15_000;

/** The host in a process of its own, as `npm start` runs it. */
export interface HostProcess {
  readonly port: number;
  readonly url: string;
  /** What it has written so far, to standard output and to standard error. */
  output(): string;
  /** Waits until it has written something that matches. */
  waitForOutput(pattern: RegExp): Promise<string>;
  /** Sends it a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it with a signal; answers its exit code, `null` where the signal killed it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The environment of a host that sees nothing of the tests' own, but for what Node itself reads. */
export function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, NODE_OPTIONS, NODE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env;
  // Code from the compile cache is not covered exactly (nodejs.org/api/module.html#module-compile-cache).
  const exact = NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE, NODE_DISABLE_COMPILE_CACHE: '1' };
  return {
    PATH,
    HOME,
    TMPDIR,
    NODE_OPTIONS,
    NODE_COMPILE_CACHE,
    ...exact,
    PORT: '0',
    HOST: '127.0.0.1',
    ...settings,
  };
}

/** Starts the host and waits until it listens. Rejects with what it said if it ends before. */
export async function startHostProcess(settings: Readonly<Record<string, string>>): Promise<HostProcess> {
  const { child, output } = launch(settings);
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`no start in time:\n${output()}`)), startWithinMs);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', line => {
      if (!line.startsWith('{"event":"listening"')) return;
      clearTimeout(deadline);
      resolve(JSON.parse(line).port);
    });
    exited.then(([code]) => {
      clearTimeout(deadline);
      reject(new Error(`ended with ${code}:\n${output()}`));
    }, reject);
  });
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    output,
    waitForOutput: pattern => waitForOutput(child, output, pattern),
    signal: signal => void child.kill(signal),
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}

/** Runs a host that is expected not to start; answers its exit code and what it said. */
export async function failToStart(
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  const { child, output } = launch(settings);
  const deadline = setTimeout(() => child.kill('SIGKILL'), startWithinMs);
  const [code] = await once(child, 'close');
  clearTimeout(deadline);
  return { code, output: output() };
}

async function waitForOutput(
  { stdout, stderr }: ChildProcess,
  output: () => string,
  pattern: RegExp,
): Promise<string> {
  const signal = AbortSignal.timeout(startWithinMs);
  for (;;) {
    const [found] = pattern.exec(output()) ?? [];
    if (found !== undefined) return found;
    await Promise.race([
      once(stdout as EventEmitter, 'data', { signal }),
      once(stderr as EventEmitter, 'data', { signal }),
    ]);
  }
}

function launch(settings: Readonly<Record<string, string>>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [entry], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', chunk => {
      said += chunk;
    });
  }
  return { child, output: () => said };
}
