import { setTimeout as delay } from 'node:timers/promises';
import { type Program, startProgram } from '../support/program.ts';
import { usualConnections } from './compareServers.ts';
import { type Contender, eachOf } from './contenders.ts';
import { cpuMsOf } from './cpuTime.ts';
import { sendLoad } from './load.ts';
import { benchBusinesses, signedRequests } from './samples.ts';

/** Our numbers: each may make 80 calls a second, so that it is not this limit that is measured. */
export const receiptBusinesses = benchBusinesses(100);
const withinMs = 60_000;
const lookEveryMs = 5;

/** The provider that receipts go to, in a process of its own; it takes each call at once. Its address is the first thing said. */
export function startProvider(folder: string): Promise<Program> {
  const program = new URL('./providerServer.ts', import.meta.url).pathname;
  return startProgram([program], { ready: /^(http:.*)$/, folder });
}

/** What one receipt took of the processors, round by round, in microseconds; nothing where the system does not tell. */
export interface ReceiptCpu {
  /** Of all hosts together. */
  readonly hosts: number[];
  readonly database: number[];
}

/**
 * Hosts that share a load, as a contender: first-time messages come in, and a round has ended when the receipt of each has
 * gone out and that is written down. Its figure is receipts a second.
 *
 * @param databaseCpuMs the processor time of the database so far
 */
export function receiptContender(
  hosts: readonly Program[],
  { receipts, random }: { receipts: number; random: () => number },
  databaseCpuMs: () => number | undefined = () => undefined,
): Contender & { cpu: ReceiptCpu } {
  const cpu: ReceiptCpu = { hosts: [], database: [] };
  const hostsCpuMs = () => sumOf(hosts.map(({ pid }) => cpuMsOf(pid) ?? Number.NaN));
  return {
    cpu,
    async run(round) {
      const loads = hosts.map(() => signedRequests(receipts / hosts.length, 1, random, receiptBusinesses));
      const goal = (await written(hosts)) + receipts;
      const before = { hosts: hostsCpuMs(), database: databaseCpuMs() ?? Number.NaN };
      const begin = performance.now();
      const sent = await Promise.all(
        hosts.map(({ said }, host) =>
          sendLoad(Number(said[0]), loads[host] as Buffer[], usualConnections / hosts.length),
        ),
      );
      if (sent.some(({ failed }) => failed > 0)) throw new Error('A webhook was not answered 200');
      while ((await written(hosts)) < goal) {
        if (performance.now() - begin > withinMs) throw new Error('A receipt was not sent in time');
        await delay(lookEveryMs);
      }
      const seconds = (performance.now() - begin) / 1000;
      if (round > 0) {
        cpu.hosts.push(((hostsCpuMs() - before.hosts) * 1000) / receipts);
        cpu.database.push((((databaseCpuMs() ?? Number.NaN) - before.database) * 1000) / receipts);
      }
      return receipts / seconds;
    },
    async end() {
      for (const host of hosts) await host.end();
    },
  };
}

/** A loop of `fetch` that makes the same calls, and writes nothing. */
export function fetchContender(provider: string, calls: number): Contender {
  const url = `${provider}/v25.0/${receiptBusinesses[0]}/messages`;
  let made = 0;
  const call = async () => {
    made += 1;
    const body = JSON.stringify({
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: `wamid.HBgNbench${made}AA==`,
    });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer token' };
    const answer = await fetch(url, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`The provider answered ${answer.status}`);
    await answer.json();
  };
  return {
    async run() {
      const begin = performance.now();
      await eachOf(Array.from({ length: calls }), usualConnections, call);
      return calls / ((performance.now() - begin) / 1000);
    },
    async end() {},
  };
}

/** How many receipts hosts have sent and written down. */
async function written(hosts: readonly Program[]): Promise<number> {
  const counts = hosts.map(async ({ said }) => {
    const answer = await fetch(`http://127.0.0.1:${said[0]}/written`);
    return Number(await answer.json());
  });
  return sumOf(await Promise.all(counts));
}

function sumOf(figures: readonly number[]): number {
  return figures.reduce((sum, each) => sum + each, 0);
}
