import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
// There are many starts, and a host that is killed keeps nothing of what Node made of the sources.
import '../support/compileCache.ts';
import { environment } from '../support/hostProcess.ts';
import type { FaultPoint, FromHost, StoreState, ToHost } from './points.ts';

const entry = join(import.meta.dirname, '..', '..', 'bot', 'index.js');
const preload = join(import.meta.dirname, 'preload.ts');
const startWithinMs = 150_000;
const saysWithinMs = 30_000;

/** How a host ended. */
export interface Ended {
  /** Where it was killed, if the preload did it. */
  readonly killedAt: FaultPoint | undefined;
  /** Its exit code; `null` where a signal ended it. */
  readonly code: number | null;
  /** What it wrote, to both of its streams. */
  readonly output: string;
}

/** Where a host froze. */
export interface Frozen {
  readonly frozenAt: FaultPoint;
  /** The number that the database knows it by; 0: none yet. */
  readonly instance: number;
}

/** The host as `npm start` runs it, in a process of its own with `preload.ts` in it. */
export interface FaultyHost {
  readonly url: string;
  readonly pid: number;
  /** What the store had come to when it last wrote. */
  readonly state: StoreState;
  /** `wrote`: the state is a new one. */
  readonly events: EventEmitter<{ wrote: [] }>;
  readonly ended: Promise<Ended>;
  /** Resolves when the order holds; with how the host ended, if it did before. */
  order(order: ToHost): Promise<Ended | undefined>;
  /** Waits until it has written something that matches so many times; default once. */
  said(pattern: RegExp, times?: number): Promise<void>;
  /** Waits until it has frozen as it was ordered; `undefined`: it has ended before. */
  frozen(): Promise<Frozen | undefined>;
  /** Has it go on after it froze, as a machine that wakes. */
  thaw(): void;
  /** Ends it with a signal, if it still runs. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

/** How a host is started. */
export interface StartOptions {
  /** It dies at the n-th point from its start; 0, the default: at none. */
  readonly killAt?: number;
  /** As whom it runs, where not as we do. */
  readonly user?: number;
}

/**
 * Starts a host.
 *
 * @returns the host once it listens, or how it ended if it did before
 */
export async function startFaultyHost(
  settings: Readonly<Record<string, string>>,
  { killAt = 0, user }: StartOptions = {},
): Promise<FaultyHost | Ended> {
  const child = spawn(process.execPath, ['--import', preload, entry], {
    env: { ...environment(settings), FAULT_KILL_AT: String(killAt) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    ...(user !== undefined && { uid: user, gid: user }),
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('a host without streams');
  let output = '';
  const heard = new EventEmitter<{ output: [] }>();
  for (const stream of [stdout, stderr]) {
    stream.setEncoding('utf8').on('data', chunk => {
      output += chunk;
      heard.emit('output');
    });
  }
  const ended = once(child, 'close').then(([code]): Ended => {
    const [, point] = /^\{"killedAt":"([a-z ]+)"\}$/m.exec(output) ?? [];
    return { killedAt: point as FaultPoint | undefined, code, output };
  });

  /** How much it had written when it went on last. */
  let thawedAt = 0;
  const events: FaultyHost['events'] = new EventEmitter();
  const obeyed: (() => void)[] = [];
  let state: StoreState | undefined;
  child.on('message', (news: FromHost) => {
    if ('obeyed' in news) obeyed.shift()?.();
    else {
      state = news;
      events.emit('wrote');
    }
  });

  const late = setTimeout(() => child.kill('SIGKILL'), startWithinMs);
  const port = await Promise.race([ended, listening(() => output, heard)]);
  clearTimeout(late);
  if (typeof port !== 'number') return port;
  if (state === undefined) await Promise.race([ended, once(events, 'wrote')]);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: Number(child.pid),
    get state() {
      if (state === undefined) throw new Error('the store has not been opened');
      return state;
    },
    events,
    ended,
    order(order) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      obeyed.push(() => resolve(undefined));
      child.send(order, () => {});
      return Promise.race([promise, ended]);
    },
    async said(pattern, times = 1) {
      const signal = AbortSignal.timeout(saysWithinMs);
      const all = new RegExp(pattern, 'g');
      while ([...output.matchAll(all)].length < times) await once(heard, 'output', { signal });
    },
    async frozen() {
      for (;;) {
        const [line] = /^\{"frozenAt":.*\}$/m.exec(output.slice(thawedAt)) ?? [];
        if (line !== undefined) return JSON.parse(line) as Frozen;
        if (await Promise.race([ended, once(heard, 'output').then(() => undefined)])) return undefined;
      }
    },
    thaw() {
      thawedAt = output.length;
      child.kill('SIGCONT');
    },
    end(signal) {
      child.kill(signal);
      child.kill('SIGCONT');
      return ended;
    },
  };
}

async function listening(output: () => string, heard: EventEmitter<{ output: [] }>): Promise<number> {
  for (;;) {
    const [, port] = /^\{"event":"listening","port":(\d+)\}$/m.exec(output()) ?? [];
    if (port !== undefined) return Number(port);
    await once(heard, 'output');
  }
}
