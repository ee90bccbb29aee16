import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

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

/** A provider that repeats all that it was sent: in its errors path, headers with credentials and body, in its ids the body. */
export interface EchoingProvider {
  readonly url: string;
  echo: Echo;
  /** The bodies that it was sent. */
  readonly bodies: readonly string[];
  /** Calls that followed its redirect. */
  readonly followed: number;
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startEchoingProvider(): Promise<EchoingProvider> {
  const bodies: string[] = [];
  let followed = 0;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { url = '', headers } = request;
    const body = await text(request);
    bodies.push(body);
    if (url.startsWith('/followed')) followed += 1;
    // Meta tells where a file is before it is fetched.
    if (/^\/v25\.0\/\d+\?/.test(url)) {
      response.end(JSON.stringify({ url: `${provider.url}/file`, mime_type: 'image/png', id: '1' }));
      return;
    }
    const told = JSON.stringify({ url, headers, body });
    // The Bot Framework's client calls again and again where its connector fails: that one only ever refuses.
    const how = url.startsWith('/v3/') ? echoes.refused : echoes[provider.echo];
    if (how === 'success') {
      const id = `wamid.${Buffer.from(body).toString('base64')}`;
      response.setHeader('content-type', 'application/json');
      return void response.end(
        JSON.stringify({ success: true, messages: [{ id }], receipts: [{ messageId: id }] }),
      );
    }
    if (how === 'drop') return void request.socket.destroy();
    if (how === 'noise') return void request.socket.end(`${told}\r\n\r\n`);
    const { status, code } = how;
    const error = { message: told, type: told, code, error_data: { details: told }, fbtrace_id: told };
    response.writeHead(status, {
      'content-type': code === undefined ? 'text/html' : 'application/json',
      'x-told': Buffer.from(told).toString('base64'),
      ...(status === 307 && { location: `${provider.url}/followed?${encodeURIComponent(told)}` }),
    });
    response.end(code === undefined ? told : JSON.stringify({ error }));
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
    bodies,
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
