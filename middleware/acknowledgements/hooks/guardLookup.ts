import { type LookupAddress, lookup as resolve } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLoopback } from '../../isLoopback.ts';
import { isPublicAddress } from './isPublicAddress.ts';

/** The code of the error that a refused name is answered with. */
export const refusedAddress = 'ADDRESS_REFUSED';

/**
 * Finds the addresses of a host for a connection, and refuses where one of them is not public: what is checked here is what
 * is connected to, so that a name cannot change its address in between (DNS rebinding). A name for this machine, which
 * only an allow-list that names it lets through, must mean this machine.
 *
 * @param lookup who is asked. Default: the machine's resolver.
 */
export function guardLookup(lookup: LookupFunction = resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = found as LookupAddress[];
      const allowed = isLoopback(hostname) ? isOurs : isPublicAddress;
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => allowed(address))) {
        const refusal = new Error('The host has an address that is not public');
        return callback(Object.assign(refusal, { code: refusedAddress }), []);
      }
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function isOurs(address: string): boolean {
  return address === '::1' || isLoopback(address);
}
