import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServerOptions, WebSocket, WebSocketServer } from 'ws';
import { asBluetickError, BluetickError, describeError, errorStatus } from '../../middleware/errors.ts';
import type { Logger } from '../../middleware/ports.ts';
import { isOwnPage } from '../access/ownPage.ts';
import { retryAfter } from '../access/tooManyRequests.ts';
import { errorForm } from '../routes/respond.ts';
import type { StreamAuthenticate } from './streamCaller.ts';
import type { Streams } from './streams.ts';

/** Where the stream is. */
export const streamPath = '/api/v1/stream';

/** The longest message that is read before its sender is cut: none is expected. */
const longestMessage = 1024;

/** How long a reader may take to say goodbye. */
const closeTimeout = 2000;

/** What {@link openStreamDoor} is made of. */
export interface StreamDoorParts {
  readonly streams: Pick<Streams, 'admit' | 'begin'>;
  readonly authenticate: StreamAuthenticate;
  /** How the world reaches this host: its pages may read. */
  readonly publicUrl: string | undefined;
  readonly log: Logger;
}

/**
 * Lets WebSockets in at {@link streamPath}, and leaves every other request that asks for another protocol to Node, which then
 * answers it like any other. Needs a Node that can tell them apart (24.9, `shouldUpgradeCallback`).
 */
export function openStreamDoor(server: Server, parts: StreamDoorParts): void {
  const { log } = parts;
  if (!('shouldUpgradeCallback' in server)) {
    log.warn({}, 'There is no live stream: it needs Node 24.9 or later');
    return;
  }
  server.shouldUpgradeCallback = asksForStream;
  let sockets: Promise<WebSocketServer> | undefined;
  server.on('upgrade', (request: IncomingMessage, carrier: Duplex, head: Buffer) => {
    // Whoever goes away meanwhile: what is written then is for nobody.
    carrier.on('error', () => {});
    sockets ??= createSockets();
    letIn(parts, sockets, { request, carrier, head }).catch(error => refuse(carrier, error, log));
  });
}

/** The package is loaded for the first who comes. */
async function createSockets(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  // `closeTimeout` is missing in the types (@types/ws 8.18); ws has it since 8.19.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: longestMessage,
    closeTimeout,
  };
  return new WebSocketServer(options);
}

function asksForStream({ method, url = '', headers }: IncomingMessage): boolean {
  const isWebSocket = headers.upgrade?.toLowerCase() === 'websocket';
  return method === 'GET' && isWebSocket && url.split('?')[0] === streamPath;
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly carrier: Duplex;
  readonly head: Buffer;
}

async function letIn(
  { streams, authenticate, publicUrl, log }: StreamDoorParts,
  sockets: Promise<WebSocketServer>,
  { request, carrier, head }: Upgrade,
): Promise<void> {
  const caller = await authenticate(request);
  checkOrigin(request, publicUrl);
  const after = placeIn(request);
  const server = await sockets;
  if (carrier.destroyed) return;
  const leave = streams.admit(caller);
  carrier.once('close', leave);
  server.handleUpgrade(request, carrier, head, (socket: WebSocket) => {
    streams.begin({ socket, carrier, caller, after }).catch(error => {
      log.error(describeError(error), 'A stream could not begin');
      socket.terminate();
    });
  });
}

/**
 * `?after=`, and nothing else: a key in an address would be kept by every log on its way.
 *
 * @throws BluetickError `invalid_request`
 */
function placeIn({ url = '' }: IncomingMessage): string | undefined {
  const query = new URL(url, 'http://localhost').searchParams;
  const after = query.getAll('after');
  if (query.size !== after.length || after.length > 1) {
    const message = 'query: allowed: after, once. A key or a token belongs in a header';
    throw new BluetickError('invalid_request', message, { field: 'query' });
  }
  return after[0];
}

/**
 * A browser says which page asks, and does not keep other sites from asking: only this host's own pages may.
 *
 * @throws BluetickError `forbidden`
 */
function checkOrigin({ headers }: IncomingMessage, publicUrl: string | undefined): void {
  if (isOwnPage(headers, publicUrl)) return;
  throw new BluetickError('forbidden', 'The page is not of this host, as PUBLIC_URL names it');
}

/** Answers in the form of the API. */
function refuse(carrier: Duplex, error: unknown, log: Logger): void {
  const known = asBluetickError(error);
  const status = errorStatus[known.code];
  if (status >= 500 && known.code !== 'store_unavailable')
    log.error({ ...describeError(known.cause ?? known), code: known.code }, 'A stream was not let in');
  const body = JSON.stringify(errorForm(known));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 429 ? [`Retry-After: ${retryAfter(known)}`] : []),
  ];
  carrier.once('finish', () => carrier.destroy());
  carrier.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
