import { join } from 'node:path';
import { type Program, startProgram } from '../support/program.ts';
import type { Contender } from './contenders.ts';
import { sendLoad } from './load.ts';

/** What `webhookServer.ts` is to be; it travels as JSON. */
export interface WebhookServerSetup {
  /**
   * - `bluetick`: Meta's webhook route as the host has it.
   * - `serial`: the same, but each request waits for a commit of its own.
   * - `parse`: a bare restify route that parses the same body and stores nothing.
   */
  readonly kind: 'bluetick' | 'serial' | 'parse';
  /** Where its store is: see `openBenchStore`. `parse` has none. */
  readonly store?: string;
  /** Our numbers. Default the one of the benchmarks. */
  readonly businesses?: readonly string[];
  /** The provider to whom receipts go, at once. Absent: they are held, so that nobody is called. */
  readonly provider?: string;
}

/**
 * Starts such a server in a process of its own. The first thing that it says is its port.
 *
 * @param folder where it runs
 */
export function startWebhookServer(
  setup: WebhookServerSetup,
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Program> {
  return startProgram([join(import.meta.dirname, 'webhookServer.ts'), JSON.stringify(setup)], {
    ready: /^(\d+)$/,
    folder,
    settings,
  });
}

/** What is sent to a server in each round. */
export interface ServerLoad {
  readonly requestsOf: (round: number) => readonly Buffer[];
  /** How many events a request holds. Default 1. */
  readonly events?: number;
  /** How many connections send, each one request at a time. */
  readonly connections: number;
}

/** A server that answers webhooks, as a contender: its figure is events a second. */
export function serverContender(
  server: Program,
  { requestsOf, events = 1, connections }: ServerLoad,
): Contender {
  return {
    async run(round) {
      const { rate, failed } = await sendLoad(Number(server.said[0]), requestsOf(round), connections);
      if (failed > 0) throw new Error(`${failed} requests were not answered 200`);
      return rate * events;
    },
    end: () => server.end(),
  };
}
