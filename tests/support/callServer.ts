import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Waiting } from '../../bot/simulator/waiting.ts';
import { type StandIn, serveHttp } from './standIn.ts';

/** One call, as it came. */
export interface Call<Body = unknown> {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

/** What a call is answered. A body that is neither text nor bytes is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string | Buffer;
}

/** What happens to a call instead: no answer, the connection broken, or broken within the answer. */
export type Silence = 'hang' | 'drop' | 'half';

/** A server that keeps what it is called with. */
export interface CallServer<Body = unknown> extends StandIn {
  /** Every call, oldest first. */
  readonly calls: readonly Call<Body>[];
  /** Waits until `look` finds something; it is asked after each call. */
  waitFor<T>(look: () => T | undefined | false, deadlineMs?: number): Promise<T>;
}

/**
 * Starts one on a free port.
 *
 * @param decode makes the body of a call of what was sent
 * @param answerTo what a call is answered, once it is kept; it gets the bytes that were sent, too
 */
export async function serveCalls<Body>(
  decode: (raw: Buffer, contentType: string | undefined) => Body,
  answerTo: (call: Call<Body>, raw: Buffer) => Promise<Answer | Silence> | Answer | Silence,
): Promise<CallServer<Body>> {
  const waiting = new Waiting();
  const calls: Call<Body>[] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await buffer(request);
    const { method = '', url: path = '', headers } = request;
    const call = { method, path, headers, body: decode(raw, headers['content-type']) };
    calls.push(call);
    respond(response, await answerTo(call, raw));
    waiting.changed();
  };

  const { origin, close } = await serveHttp((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  return {
    origin,
    calls,
    waitFor: (look, deadlineMs = 10_000) =>
      waiting.for(
        look,
        deadlineMs,
        () => `${calls.length} calls: ${calls.map(({ path }) => path).join(' ')}`,
      ),
    async close() {
      waiting.stop();
      await close();
    },
  };
}

/** What JSON says; `undefined` where it is none. */
export function decodeJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    return undefined;
  }
}

function respond(response: ServerResponse, answer: Answer | Silence): void {
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
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
  const type = isRaw ? {} : { 'content-type': 'application/json' };
  // Two steps: restify's `writeHead`, where it is loaded, answers nothing.
  response.writeHead(status, { ...type, 'content-length': bytes.length, ...headers });
  response.end(bytes);
}
