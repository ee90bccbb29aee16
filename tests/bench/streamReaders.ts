/**
 * Viewers of a live stream, in a process of their own: `node streamReaders.ts <address> <count> <key>`, started with a
 * channel to its parent. It says `ready` once all have come. Told when each event was caused, it answers {@link ReadersReport}.
 *
 * @module
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** What each viewer got of what was sent. */
export interface ReadersReport {
  /** From the cause to each viewer, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** How many events of those that were asked for came, over all viewers. */
  readonly came: number;
  /** How much of the wire one event takes, its frame's head left out. */
  readonly bytesAnEvent: number;
}

/** An event that a status causes, by what it says. */
export function keyOf(message: string, level: string): string {
  return `${message} ${level}`;
}

if (process.send !== undefined) await run();

async function run(): Promise<void> {
  const [address = '', count = '1', key = ''] = process.argv.slice(2);
  /** When each event came to each viewer: as many numbers as viewers. */
  const arrivals = new Map<string, number[]>();
  /** The events are the same text for all: each is read once. */
  const keys = new Map<string, string | undefined>();
  let bytes = 0;
  let events = 0;
  const hear = (data: Buffer) => {
    const at = performance.timeOrigin + performance.now();
    const text = data.toString();
    if (!keys.has(text)) keys.set(text, read(text));
    const event = keys.get(text);
    if (event === undefined) return;
    bytes += data.length;
    events += 1;
    const times = arrivals.get(event);
    if (times === undefined) arrivals.set(event, [at]);
    else times.push(at);
  };
  for (let viewer = 0; viewer < Number(count); viewer += 1) (await come(address, key)).on('message', hear);
  process.send?.('ready');
  process.on('message', (sent: Readonly<Record<string, number>>) => {
    const delays = Object.entries(sent).flatMap(([event, at]) =>
      (arrivals.get(event) ?? []).map(arrived => arrived - at),
    );
    delays.sort((a, b) => a - b);
    const share = (of: number) => delays[Math.min(Math.floor(delays.length * of), delays.length - 1)] ?? 0;
    const report: ReadersReport = {
      p50: share(0.5),
      p95: share(0.95),
      p99: share(0.99),
      came: delays.length,
      bytesAnEvent: bytes / events,
    };
    process.send?.(report);
  });
}

/** As a browser would, it comes again where the host says that it comes too often. */
async function come(address: string, key: string): Promise<WebSocket> {
  for (;;) {
    const socket = new WebSocket(address, { headers: { 'x-api-key': key } });
    try {
      await once(socket, 'open');
      return socket;
    } catch (error) {
      if (!String(error).includes('429')) throw error;
      await delay(100);
    }
  }
}

function read(text: string): string | undefined {
  const { type, message, level } = JSON.parse(text);
  return type === 'message.level' ? keyOf(message, level) : undefined;
}
