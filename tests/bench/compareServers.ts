import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, inTurn } from './contenders.ts';
import { median, type Row } from './report.ts';
import { serverContender, startWebhookServer } from './webhookServerProcess.ts';

/** How many connections send, each one request at a time, where nothing else is said. */
export const usualConnections = 64;
/** How many rounds count. */
export const rounds = 7;

/** The servers that are compared; see `webhookServerProcess.ts`. */
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
  const { folder, requests, requestsOf, prepare, connections = usualConnections, settings } = comparison;
  await mkdir(folder, { recursive: true });
  const start = async (kind: ServerKind): Promise<Contender> => {
    const store = join(folder, kind);
    if (kind !== 'parse') prepare?.(store);
    const server = await startWebhookServer({ kind, store }, folder, settings);
    return serverContender(server, {
      requestsOf: round => requestsOf(kind, round, requests[kind]),
      connections,
    });
  };
  return inTurn(
    { parse: () => start('parse'), bluetick: () => start('bluetick'), serial: () => start('serial') },
    rounds,
  );
}

/** What the servers did, in requests a second. */
export function rateRow(what: string, { parse, bluetick, serial }: Rates): Row {
  const [parsed, admitted, alone] = [parse, bluetick, serial].map(rates => Math.round(median(rates)));
  return { what, value: `admitted ${admitted}, parsed ${parsed}, one commit each ${alone}` };
}
