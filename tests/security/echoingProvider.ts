import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AttackedChannel, ProviderCall } from './attackedChannel.ts';

/** How it fails, or does not. */
export const echoes = {
  nothing: 'success',
  refused: { status: 401, code: 190 },
  'slow down': { status: 429, code: 130429 },
  'not for this customer': { status: 400, code: 131056 },
  'outside the window': { status: 400, code: 131047 },
  'never again': { status: 400, code: 100 },
  'an unknown code': { status: 500, code: 987654 },
  'a gateway': { status: 502, code: undefined },
  'somewhere else': { status: 307, code: undefined },
  'a success that is none': { status: 200, code: undefined },
  'no HTTP': 'noise',
  'no answer': 'drop',
} as const;

/** One of them. */
export type Echo = keyof typeof echoes;

/** Where it fails so, Google's tokens fail too; else they are given, so that its calls are made. */
const failsTokens: readonly Echo[] = ['refused', 'a gateway'];

/**
 * All providers in one, who repeat all that they were sent: in errors path, headers with credentials and body, in ids what
 * their channels' ids hold of it.
 */
export interface EchoingProvider {
  readonly url: string;
  echo: Echo;
  /** The calls that it was sent. */
  readonly calls: readonly ProviderCall[];
  /** Whether it gives tokens for Google's calls, as it fails now. */
  readonly givesTokens: boolean;
  /** Those that it gave. */
  readonly tokens: readonly string[];
  /** Calls that followed its redirect. */
  readonly followed: number;
  close(): Promise<void>;
}

/**
 * Starts one on a free port.
 *
 * @param channels whose messages it takes
 */
export async function startEchoingProvider(
  channels: readonly AttackedChannel[] = [],
): Promise<EchoingProvider> {
  const calls: ProviderCall[] = [];
  const tokens: string[] = [];
  let followed = 0;

  /** What a call is answered that goes well; `undefined`: it does not. */
  const success = (call: ProviderCall): object | undefined => {
    if (call.path === '/token' && provider.givesTokens) {
      const token = `ya29.${randomBytes(24).toString('base64url')}`;
      tokens.push(token);
      return { access_token: token, expires_in: 3600, token_type: 'Bearer' };
    }
    // Meta tells where a file is before it is fetched.
    if (/^\/v25\.0\/\d+\?/.test(call.path))
      return { url: `${provider.url}/file`, mime_type: 'image/png', id: '1' };
    if (provider.echo !== 'nothing' || call.path.startsWith('/v3/')) return undefined;
    const [sent] = channels.flatMap(channel => channel.sentText?.(call) ?? []);
    return sent?.answer ?? { success: true };
  };

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { url: path = '', headers } = request;
    const body = await text(request);
    const call = { path, body };
    calls.push(call);
    if (path.startsWith('/followed')) followed += 1;
    const answer = success(call);
    if (answer !== undefined) {
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify(answer));
    }
    const told = JSON.stringify({ url: path, headers, body });
    // The Bot Framework's client calls again and again where its connector fails: that one only ever refuses.
    const how = path.startsWith('/v3/') ? echoes.refused : echoes[provider.echo];
    if (how === 'drop') return void request.socket.destroy();
    if (how === 'noise' || how === 'success') return void request.socket.end(`${told}\r\n\r\n`);
    const { status, code } = how;
    const error = { message: told, type: told, code, error_data: { details: told }, fbtrace_id: told };
    response.writeHead(status, {
      'content-type': code === undefined ? 'text/html' : 'application/json',
      'x-told': Buffer.from(told).toString('base64'),
      ...(status === 307 && { location: `${provider.url}/followed?${encodeURIComponent(told)}` }),
    });
    // Each provider has its own words for an error, and all of them are here.
    const words = { error, message: told, code, status, statusCode: status, more_info: told };
    response.end(code === undefined ? told : JSON.stringify(words));
  };
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const provider = {
    url: `http://127.0.0.1:${port}`,
    echo: 'refused' as Echo,
    calls,
    tokens,
    get givesTokens() {
      return !failsTokens.includes(provider.echo);
    },
    get followed() {
      return followed;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}
