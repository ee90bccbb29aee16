/**
 * A gateway to a linked device on this machine, in the shape that WAHA and Wawp share: it authenticates, checks bodies and
 * answers as their pages say. It looks at a call as each of them documents it: see `wahaStandIn.ts` and `wawpStandIn.ts`.
 *
 * @module
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Waiting } from '../../bot/simulator/waiting.ts';

/** One call, as it came. */
export interface GatewayCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Decoded, where it was JSON. */
  readonly body: unknown;
}

/** What a call is answered. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/**
 * What goes wrong with the next call: 429 with `Retry-After: 7`; 500; refused credentials; the session that is not working;
 * no answer.
 */
export type GatewayFault = 'rate' | 'server' | 'auth' | 'session' | 'hang';

/** How one gateway differs from the other. */
export interface GatewayRules {
  /** Answers a call that nothing goes wrong with. */
  answer(call: GatewayCall): GatewayAnswer;
  /** What is answered instead. */
  refuse(fault: Exclude<GatewayFault, 'hang'>): GatewayAnswer;
}

/** The stand-in, listening. */
export interface Gateway {
  readonly origin: string;
  /** Every call, oldest first. */
  readonly calls: readonly GatewayCall[];
  strike(fault: GatewayFault): void;
  /** Waits until `look` finds something; it is asked after each call. */
  waitFor<T>(look: () => T | undefined | false, deadlineMs?: number): Promise<T>;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startGateway(rules: GatewayRules): Promise<Gateway> {
  const waiting = new Waiting();
  const calls: GatewayCall[] = [];
  const faults: GatewayFault[] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await buffer(request);
    const { method = '', url: path = '', headers } = request;
    const call = { method, path, headers, body: decode(raw) };
    calls.push(call);
    const fault = faults.shift();
    if (fault !== 'hang') write(response, fault === undefined ? rules.answer(call) : rules.refuse(fault));
    waiting.changed();
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    strike: fault => void faults.push(fault),
    waitFor: (look, deadlineMs = 10_000) =>
      waiting.for(
        look,
        deadlineMs,
        () => `${calls.length} calls: ${calls.map(({ path }) => path).join(' ')}`,
      ),
    async close() {
      waiting.stop();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** What is answered by 429, whoever answers: when to come again stands in a header. */
export const tooMany: GatewayAnswer = { status: 429, headers: { 'Retry-After': '7' }, body: {} };

function decode(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, headers = {}, body }: GatewayAnswer): void {
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
  // Two steps: restify's `writeHead`, where it is loaded, answers nothing.
  response.writeHead(status, { ...type, 'Content-Length': bytes.length, ...headers });
  response.end(bytes);
}
