import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../middleware/channels/isLoopback.ts';

/**
 * Whether a request came from this machine, straight: its peer and its `Host` are loopback, no proxy left a
 * `Forwarded` or `X-Forwarded-…` header, and no web page of another site sent it.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const proxied = Object.keys(headers).some(name => name === 'forwarded' || name.startsWith('x-forwarded-'));
  const { origin, host } = headers;
  const fromHere = origin === undefined || isLocalUrl(origin);
  return isLocalPeer(socket.remoteAddress) && isLocalUrl(`http://${host ?? ''}`) && fromHere && !proxied;
}

/** Whether a URL names this machine. A name that merely points here (DNS rebinding) does not. */
export function isLocalUrl(text: string): boolean {
  return URL.canParse(text) && isLoopback(new URL(text).hostname);
}

function isLocalPeer(address: string | undefined): boolean {
  return address === '::1' || isLoopback((address ?? '').replace(/^::ffff:/, ''));
}
