import { BluetickError } from '../errors.ts';
import { isLoopback } from './isLoopback.ts';

/**
 * Checks the address of a provider and answers it parsed, its path without a slash at the end. It must be https:
 * every call carries credentials. Plain http is taken on loopback only, for tests and local proxies.
 *
 * @param text the address as it was configured
 * @param setting the name of the setting it came from, such as `META_GRAPH_URL`: the message names it
 * @throws BluetickError `invalid_configuration`
 */
export function checkProviderUrl(text: string, setting: string): URL {
  const refuse = (why: string) =>
    new BluetickError('invalid_configuration', `${setting} ${why}`, { field: setting });
  // The address is not quoted back: one with a password in it is refused right here.
  if (!URL.canParse(text)) throw refuse('must be an absolute address, such as https://host/path');
  const url = new URL(text);
  const plain = url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !plain)
    throw refuse('must be https (plain http is taken on loopback only)');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or a password');
  if (url.search !== '' || url.hash !== '') throw refuse('must not hold a query or a fragment');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}
