import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Waiting } from '../../bot/simulator/waiting.ts';
import { serveHttp } from '../middleware/channels/standIn.ts';

/** One call, as it came. */
export interface ProviderCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a call is answered. A body that is no text is sent as JSON. */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** What happens to a call instead: no answer, the connection broken, or broken within the answer. */
export type ProviderSilence = 'hang' | 'drop' | 'half';

/** A way's provider on this machine: it answers calls as it is told to. */
export interface WayProvider {
  readonly origin: string;
  /** Every call, oldest first. */
  readonly calls: readonly ProviderCall[];
  /** What the next call is answered; a silence stands for an answer that does not come. */
  strike(next: ProviderAnswer | ProviderSilence): void;
  /** Waits until there have been so many calls. */
  called(count: number): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startWayProvider(
  answerTo: (call: ProviderCall) => ProviderAnswer | ProviderSilence,
): Promise<WayProvider> {
  const calls: ProviderCall[] = [];
  const strikes: (ProviderAnswer | ProviderSilence)[] = [];
  const waiting = new Waiting();
  const { origin, close } = await serveHttp(async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const call = { method, path, headers, body: await buffer(request) };
    calls.push(call);
    respond(response, strikes.shift() ?? answerTo(call));
    waiting.changed();
  });
  return {
    origin,
    calls,
    strike: next => void strikes.push(next),
    called: count =>
      waiting.for(
        () => calls.length >= count,
        5000,
        () => `${count} calls, had ${calls.length}`,
      ),
    async close() {
      waiting.stop();
      await close();
    },
  };
}

function respond(response: ServerResponse, answer: ProviderAnswer | ProviderSilence): void {
  if (answer === 'hang') return;
  if (answer === 'drop') {
    response.destroy();
    return;
  }
  if (answer === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"val', () => response.destroy());
    return;
  }
  const { status, headers = {}, body = '' } = answer;
  const json = typeof body === 'string' ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...json, ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
