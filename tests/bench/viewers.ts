import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgram } from '../support/program.ts';
import { metaSettings, startHost } from './host.ts';
import { fillLedger } from './ledgerFile.ts';
import { requestOf } from './load.ts';
import { goalRow, type Row, type Section } from './report.ts';
import { seeded } from './samples.ts';
import { statusesEach, statusesOf, statusRequest } from './statusLoad.ts';
import { keyOf, type ReadersReport } from './streamReaders.ts';

const viewers = 500;
const statusesASecond = 100;
const seconds = 20;
const warmUp = 300;
const statuses = warmUp + statusesASecond * seconds;
const readers = join(import.meta.dirname, 'streamReaders.ts');
const broadcast = join(import.meta.dirname, 'plainBroadcast.ts');
/** The last event has come to the last viewer. */
const settleMs = 2000;

/** One thing to send, and the event that comes of it. */
interface Cause {
  readonly request: Buffer;
  readonly event: string;
}

/** How soon many viewers see a tick, and what each of them costs the host. */
export async function benchViewers(folder: string): Promise<Section> {
  const messages = Math.ceil(statuses / statusesEach);
  fillLedger(folder, messages, messages);
  const random = seeded(9);
  // In order: a level that comes behind a higher one is told as well, but as the row's.
  const all = statusesOf(0, messages, random).sort((a, b) => a.message - b.message || a.at - b.at);
  const causes = all.map(status => ({
    request: statusRequest([status]),
    event: keyOf(`o${status.message + 1}`, status.word),
  }));
  const ours = await measureHost(folder, causes, random);
  const plain = await measurePlain(folder, causes, random);
  return {
    title: 'Viewers of the live stream',
    shape: `The host as \`npm start\` runs it, on an embedded store with ${messages} messages; ${viewers} viewers in a second process, each a WebSocket
with the administrator's key; ${statusesASecond} signed webhooks of Meta's form a second for ${seconds} s, one status each, at random moments. From the
moment when the webhook is written to its socket until the viewer has the event, over all viewers and statuses. Beside it plain
\`ws\`, which tells everybody the same text and stores nothing. A viewer's memory: what the host has more with all of them, load
over, than without.`,
    beside: '500 viewers × 100 events a second over plain ws, no store: p95 7 ms, 29 % of a core.',
    rows: [
      goalRow('webhook → viewer, p95', ours.p95, { most: 100 }, ' ms'),
      rowOf('webhook → viewer', ours),
      rowOf('the same over plain ws', plain),
      { what: 'p95 against plain ws', value: (ours.p95 / plain.p95).toFixed(2) },
      {
        what: 'events that came',
        value: `${((100 * ours.came) / (viewers * statusesASecond * seconds)).toFixed(2)} %`,
      },
      { what: 'bytes an event', value: ours.bytesAnEvent.toFixed(0) },
      { what: 'memory of the host a viewer', value: `${(ours.bytesAViewer / 1024).toFixed(0)} kB` },
    ],
  };
}

async function measureHost(
  folder: string,
  causes: readonly Cause[],
  random: () => number,
): Promise<ReadersReport & { bytesAViewer: number }> {
  // Nothing is due, so nobody is called.
  const settings = metaSettings('http://127.0.0.1:9');
  const host = await startHost(folder, settings);
  try {
    const port = Number(host.said[0]);
    await send(port, causes.slice(0, warmUp / 2), random);
    const before = residentBytes(host.pid);
    const report = await withViewers(
      `ws://127.0.0.1:${port}/api/v1/stream`,
      settings.BLUETICK_API_KEY,
      async () => {
        await send(port, causes.slice(warmUp / 2, warmUp), random);
        return send(port, causes.slice(warmUp), random);
      },
      () => residentBytes(host.pid),
    );
    return { ...report, bytesAViewer: (report.measured - before) / viewers };
  } finally {
    await host.end();
  }
}

async function measurePlain(folder: string, causes: readonly Cause[], random: () => number) {
  const server = await startProgram([broadcast], { ready: /^(\d+)$/, folder });
  try {
    const port = Number(server.said[0]);
    const told = causes.map(({ event }) => {
      const [message, level] = event.split(' ');
      const text = JSON.stringify({ type: 'message.level', message, level, filler: 'x'.repeat(150) });
      return { event, request: requestOf('/', text, {}) };
    });
    return await withViewers(
      `ws://127.0.0.1:${port}/`,
      '',
      async () => {
        await send(port, told.slice(0, warmUp), random);
        return send(port, told.slice(warmUp), random);
      },
      () => 0,
    );
  } finally {
    await server.end();
  }
}

/** Lets the viewers come, causes events, and asks them what came; `measure` is called while they are there. */
async function withViewers(
  address: string,
  key: string,
  cause: () => Promise<Readonly<Record<string, number>>>,
  measure: () => number,
): Promise<ReadersReport & { measured: number }> {
  const child: ChildProcess = fork(readers, [address, String(viewers), key]);
  try {
    await once(child, 'message');
    const sent = await cause();
    await delay(settleMs);
    const measured = measure();
    child.send(sent);
    const [report] = (await once(child, 'message')) as [ReadersReport];
    return { ...report, measured };
  } finally {
    child.kill();
  }
}

/** Sends at random moments, some a second; answers when each was written. */
async function send(
  port: number,
  causes: readonly Cause[],
  random: () => number,
): Promise<Readonly<Record<string, number>>> {
  const sent: Record<string, number> = {};
  const sockets: Socket[] = [];
  let next = performance.now();
  for (const { request, event } of causes) {
    next += (-Math.log(1 - random()) * 1000) / statusesASecond;
    const wait = next - performance.now();
    if (wait > 0) await delay(wait);
    const socket = sockets.pop() ?? (await open(port));
    socket.once('data', () => sockets.push(socket));
    sent[event] = performance.timeOrigin + performance.now();
    socket.write(request);
  }
  await delay(settleMs / 4);
  for (const socket of sockets) socket.destroy();
  return sent;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

function rowOf(what: string, { p50, p95, p99 }: ReadersReport): Row {
  return { what, value: `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms` };
}
