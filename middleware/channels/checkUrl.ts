import { BluetickError } from '../errors.ts';
import { isLoopback } from '../isLoopback.ts';

/** An address that was checked, and how to refuse it for more. */
export interface CheckedUrl {
  readonly url: URL;
  /** Makes the error that names the setting, and why its value is not taken. */
  refuse(why: string): BluetickError;
}

/**
 * Checks an address that credentials or signatures are sent to: absolute, without a user name, and https. Plain http is
 * taken on loopback only, for tests and local proxies.
 *
 * @param text the address as it was configured
 * @param setting the name of the setting it came from, such as `META_GRAPH_URL`: the message names it
 * @throws BluetickError `invalid_configuration`; the address, which may hold a secret, is not quoted
 */
export function checkUrl(text: string, setting: string): CheckedUrl {
  const refuse = (why: string) =>
    new BluetickError('invalid_configuration', `${setting} ${why}`, { field: setting });
  if (!URL.canParse(text)) throw refuse('must be an absolute address, such as https://host/path');
  const url = new URL(text);
  const plain = url.protocol === 'http:' && isLoopback(url.hostname);
  if (url.protocol !== 'https:' && !plain)
    throw refuse('must be https (plain http is taken on loopback only)');
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a user name or a password');
  return { url, refuse };
}
