import { isIP } from 'node:net';
import { BluetickError } from '../../errors.ts';
import { isLoopback } from '../../isLoopback.ts';
import { isPublicAddress } from './isPublicAddress.ts';

/** Where web hooks may go. */
export interface HookAllowList {
  /** The address, parsed, if web hooks may go there; `undefined` for all others, and for what is no address. */
  find(address: string): URL | undefined;
}

/**
 * Makes the list of where web hooks may go. An entry is an origin, such as `https://hooks.example.com`, or an address with
 * a path, which allows what lies under it. It is https; this machine may be named for http too, and only by an entry of
 * its own.
 *
 * @param entries the addresses; none: no web hook goes anywhere
 * @param setting the name of the setting that they came from: messages name it
 * @throws BluetickError `invalid_configuration`
 */
export function createHookAllowList(
  entries: readonly string[],
  setting = 'BLUETICK_ALLOWED_HOOKS',
): HookAllowList {
  const allowed = entries.map(entry => readEntry(entry, setting));
  return {
    find(address) {
      const url = parse(address);
      if (url === undefined || isUnclear(url)) return undefined;
      return allowed.some(entry => covers(entry, url)) ? url : undefined;
    },
  };
}

function readEntry(text: string, field: string): URL {
  const refuse = (why: string) => new BluetickError('invalid_configuration', `${field} ${why}`, { field });
  const url = parse(text);
  if (url === undefined) throw refuse('must hold absolute addresses, such as https://hooks.example.com');
  const { protocol, hostname } = url;
  const local = isLoopback(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && local))
    throw refuse('must hold https addresses (plain http is taken on loopback only)');
  if (isUnclear(url) || url.search !== '')
    throw refuse('must hold addresses without a user name, a query or a fragment');
  const literal = hostname.replace(/^\[|\]$/g, '');
  if (!local && isIP(literal) > 0 && !isPublicAddress(literal))
    throw refuse('must not hold private addresses: web hooks do not go there');
  return url;
}

function covers({ origin, pathname }: URL, url: URL): boolean {
  if (url.origin !== origin) return false;
  const folder = pathname.endsWith('/') ? pathname : `${pathname}/`;
  return url.pathname === pathname || url.pathname.startsWith(folder);
}

/** Credentials would go to whoever answers. A slash that is written as %2f may be a way out of the path, for some servers. */
function isUnclear({ username, password, hash, pathname }: URL): boolean {
  return username !== '' || password !== '' || hash !== '' || /%(2f|5c)/i.test(pathname);
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
