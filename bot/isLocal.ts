import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../middleware/isLoopback.ts';

/**
 * Who may use what takes no password: whoever is at this machine, and nobody where `PUBLIC_URL` says that the world gets
 * here.
 */
export function localOnly(publicUrl: string | undefined): (request: IncomingMessage) => boolean {
  const isPublic = publicUrl !== undefined && !isLocalUrl(publicUrl);
  return request => !isPublic && isLocal(request);
}

/**
 * Whether a request came from this machine, straight: its peer and its `Host` are loopback, no proxy left a
 * `Forwarded` or `X-Forwarded-…` header, and no web page of another site sent it. A link of one that is followed does not
 * count: the browser keeps what is answered from that page.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const proxied = Object.keys(headers).some(name => name === 'forwarded' || name.startsWith('x-forwarded-'));
  const { origin, host, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const isForeign = site === 'cross-site' && mode !== 'navigate';
  const fromHere = (origin === undefined || isLocalUrl(origin)) && !isForeign;
  return isLocalPeer(socket.remoteAddress) && isLocalUrl(`http://${host ?? ''}`) && fromHere && !proxied;
}

/** Whether a URL names this machine. A name that merely points here (DNS rebinding) does not. */
export function isLocalUrl(text: string): boolean {
  return URL.canParse(text) && isLoopback(new URL(text).hostname);
}

function isLocalPeer(address: string | undefined): boolean {
  return address === '::1' || isLoopback((address ?? '').replace(/^::ffff:/, ''));
}
