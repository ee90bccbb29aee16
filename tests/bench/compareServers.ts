import { dirname, join } from 'node:path';
import { type Program, startProgram } from '../support/program.ts';
import { sendLoad } from './load.ts';
import { median, type Row } from './report.ts';

/** How many connections send, each one request at a time, where nothing else is said. */
export const usualConnections = 64;
/** How many rounds count. */
export const rounds = 7;

/** The servers that are compared; see `webhookServer.ts`. */
export const serverKinds = ['parse', 'bluetick', 'serial'] as const;
/** See {@link serverKinds}. */
export type ServerKind = (typeof serverKinds)[number];

/** How many requests a second each server answered in each round. */
export type Rates = Readonly<Record<ServerKind, number[]>>;

/** What is sent to which server. */
export interface Comparison {
  readonly folder: string;
  /** How many requests a round sends to each: about a second's worth. */
  readonly requests: Readonly<Record<ServerKind, number>>;
  /** The requests of one round; round 0 warms up. */
  readonly requestsOf: (kind: ServerKind, round: number, count: number) => readonly Buffer[];
  /** Makes what a server finds in its data folder. */
  readonly prepare?: (folder: string) => void;
  /** How many connections send, each one request at a time. Default {@link usualConnections}. */
  readonly connections?: number;
  /** Settings of the processes. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Sends the same load to each server in turn, round by round. */
export async function compareServers(comparison: Comparison): Promise<Rates> {
  const { folder, requests, requestsOf, prepare, connections = usualConnections, settings = {} } = comparison;
  const rates: Rates = { parse: [], bluetick: [], serial: [] };
  const servers = new Map<ServerKind, Program>();
  try {
    for (const kind of serverKinds) {
      if (kind !== 'parse') prepare?.(join(folder, kind));
      servers.set(kind, await startServer(kind, join(folder, kind), settings));
    }
    for (let round = 0; round <= rounds; round += 1) {
      for (const [kind, { said }] of servers) {
        const load = requestsOf(kind, round, requests[kind]);
        const { rate, failed } = await sendLoad(Number(said[0]), load, connections);
        if (failed > 0) throw new Error(`${failed} requests to the server ${kind} were not answered 200`);
        if (round > 0) rates[kind].push(rate);
      }
    }
  } finally {
    for (const server of servers.values()) await server.end();
  }
  return rates;
}

/** The database is made in a folder that the server makes. */
function startServer(
  kind: ServerKind,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<Program> {
  return startProgram([join(import.meta.dirname, 'webhookServer.ts'), kind, folder], {
    ready: /^(\d+)$/,
    folder: dirname(dirname(folder)),
    settings,
  });
}

/** What the servers did, in requests a second. */
export function rateRow(what: string, { parse, bluetick, serial }: Rates): Row {
  const [parsed, admitted, alone] = [parse, bluetick, serial].map(rates => Math.round(median(rates)));
  return { what, value: `admitted ${admitted}, parsed ${parsed}, one commit each ${alone}` };
}
