import type { Asking } from './access.ts';
import { networkOf } from './networkOf.ts';

/** Whose network a request comes from, for limits by address. */
export type NetworkFrom = (request: Pick<Asking, 'socket'> & Partial<Pick<Asking, 'headers'>>) => string;

/** An address with its port, as Azure App Service's front end writes it: `192.0.2.1:54321`, `[2001:db8::1]:54321`. */
const withPort = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/;

/**
 * Makes the finding of it. Each proxy writes at the end of `X-Forwarded-For` whom it was asked by: with `n` of our own, the nth
 * from the end was written by the first of them, and whatever stands before it by anybody. A request with fewer did not come
 * through them: it counts for its peer.
 *
 * @param proxies how many proxies of ours stand in front; 0: nothing that a request says is believed
 */
export function networkFrom(proxies: number): NetworkFrom {
  return ({ socket, headers }) => {
    const peer = socket?.remoteAddress ?? '';
    if (proxies === 0) return networkOf(peer);
    const said = [headers?.['x-forwarded-for'] ?? []].flat().join(',').split(',');
    const address = said.at(-proxies)?.trim() || peer;
    const [, six, four] = withPort.exec(address) ?? [];
    return networkOf(six ?? four ?? address);
  };
}
