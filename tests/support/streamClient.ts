import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: each test says what it expects of an event
export type Told = Record<string, any> & { readonly id: string; readonly type: string };

/** A reader of the live stream. */
export interface StreamClient {
  readonly socket: WebSocket;
  /** Everything that came, in order. */
  readonly told: Told[];
  /** The first event that fits, of those that came and those to come. */
  until(fits: (event: Told) => boolean, what?: string): Promise<Told>;
  /** Drops the connection without a word, as a network does. */
  drop(): Promise<void>;
  /** Resolves when the other side has ended it. */
  ended(): Promise<{ code: number; reason: string }>;
}

const deadlineMs = 5000;

/** Comes to the stream of a host; what is refused rejects with the answer's status. */
export async function readStream(
  host: string,
  { after, headers = {} }: { after?: string; headers?: Record<string, string> } = {},
): Promise<StreamClient> {
  const address = new URL('/api/v1/stream', host.replace(/^http/, 'ws'));
  if (after !== undefined) address.searchParams.set('after', after);
  return readFrom(address, headers);
}

/** The same for an address as it is. */
export async function readFrom(
  address: URL | string,
  headers: Record<string, string>,
): Promise<StreamClient> {
  const socket = new WebSocket(address, { headers });
  const told: Told[] = [];
  const came = new EventEmitter();
  const over = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  over.catch(() => {});
  socket.on('message', data => {
    told.push(JSON.parse(String(data)));
    came.emit('event');
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, answer: IncomingMessage) => {
      answer.setEncoding('utf8');
      let body = '';
      answer.on('data', text => {
        body += text;
      });
      answer.on('end', () => reject(new Refused(Number(answer.statusCode), JSON.parse(body).error)));
    });
  });
  socket.on('error', () => {});
  return {
    socket,
    told,
    async until(fits, what = 'an event') {
      const signal = AbortSignal.timeout(deadlineMs);
      for (;;) {
        const found = told.find(fits);
        if (found !== undefined) return found;
        await once(came, 'event', { signal }).catch(() =>
          assert.fail(`${what} did not come, but ${JSON.stringify(told.map(({ type }) => type))}`),
        );
      }
    },
    async drop() {
      socket.terminate();
      await over;
    },
    ended: () => over,
  };
}

/** The host did not let a reader in. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, { code, message }: { code: string; message: string }) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
