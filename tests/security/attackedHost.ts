/** A real host on loopback that everybody may attack: its HTTP door, everything that it logs, everything that it keeps. */
import { execFile } from 'node:child_process';
import { EventEmitter, on } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text as readText } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../../bot/config.ts';
import { type Host, startHost } from '../../bot/host.ts';

/** A request, sent as it is: the path is not tidied up. */
export interface Attack {
  readonly method?: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** Whether the length of the body is left unsaid. */
  readonly chunked?: boolean;
  /** The loopback address to come from, as limits count by address. Default 127.0.0.1. */
  readonly from?: string;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Status, headers and body in one, without the date: what an attacker has to learn from. */
  readonly shown: string;
}

/** A host under attack. */
export interface AttackedHost {
  readonly host: Host;
  readonly apiKey: string;
  /** What it has logged so far, at level `trace`. */
  logged(): string;
  /** Waits until it has logged `count` lines that match. */
  waitForLog(pattern: RegExp, count: number): Promise<void>;
  ask(attack: Attack): Promise<Answer>;
  /** Every row of every table, as text. */
  contents(): Promise<string>;
  close(): Promise<void>;
}

const waitMs = 10_000;

/**
 * Nothing happens by itself here: no bot answers and no receipt falls due, so that what a webhook changed is there when
 * it is answered, and nothing more comes after.
 */
export const quiet = { mode: 'sidecar', policy: { default: { read: { when: 'manual' } } } } as const;

/** Starts one on a free port with a store of its own. */
export async function startAttackedHost(
  settings: NodeJS.ProcessEnv,
  { mode, policy }: { readonly mode: 'gateway' | 'sidecar'; readonly policy: object } = quiet,
): Promise<AttackedHost> {
  const folder = await mkdtemp(join(tmpdir(), 'bluetick-security-'));
  const policyFile = join(folder, 'policy.json');
  await writeFile(policyFile, JSON.stringify(policy));
  const apiKey = settings.BLUETICK_API_KEY ?? 'an-administrator-s-key-0123456789';
  const config = readConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    BLUETICK_API_KEY: apiKey,
    BLUETICK_DATA: folder,
    BLUETICK_MODE: mode,
    BLUETICK_POLICY: policyFile,
    ...settings,
  });
  let log = '';
  const lines = new EventEmitter();
  const stream = {
    write(line: string) {
      log += line;
      lines.emit('line');
    },
  };
  const host = await startHost(config, pino({ level: 'trace' }, stream));
  return {
    host,
    apiKey,
    logged: () => log,
    async waitForLog(pattern, count) {
      const enough = () => log.split('\n').filter(line => pattern.test(line)).length >= count;
      if (enough()) return;
      for await (const _line of on(lines, 'line', { signal: AbortSignal.timeout(waitMs) }))
        if (enough()) return;
    },
    ask: attack => ask(host.port, attack),
    contents: () => readContents(folder),
    async close() {
      await host.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Asks a host on this machine. */
export async function ask(
  port: number,
  { method = 'GET', path, headers, body, chunked, from }: Attack,
): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const length = chunked || body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: false,
      timeout: waitMs,
      ...(from && { localAddress: from }),
    };
    const request = httpRequest({ ...options, headers: { ...length, ...headers } }, resolve);
    // A refusal may come while the body is still on its way: what breaks then is of no interest.
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    if (chunked && body !== undefined) request.write(body);
    request.end(chunked ? undefined : body);
  });
  const text = await readText(response);
  const status = response.statusCode ?? 0;
  const { date: _date, ...others } = response.headers;
  return { status, text, shown: JSON.stringify([status, others, text]) };
}

/**
 * The host holds its file for itself, so a copy is read. `cp` makes it: a process that closes a file of its own loses the
 * locks that SQLite has on it.
 */
async function readContents(folder: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'bluetick-copy-'));
  try {
    const file = 'bluetick.sqlite';
    const wal = join(folder, `${file}-wal`);
    const hasWal = await access(wal).then(
      () => true,
      () => false,
    );
    await promisify(execFile)('cp', [join(folder, file), ...(hasWal ? [wal] : []), copy]);
    const db = new DatabaseSync(join(copy, file));
    try {
      const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
      const rows = tables.map(({ name }) => [name, db.prepare(`SELECT * FROM "${name}"`).all()]);
      return JSON.stringify(rows, (_key, value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      );
    } finally {
      db.close();
    }
  } finally {
    await rm(copy, { recursive: true });
  }
}
