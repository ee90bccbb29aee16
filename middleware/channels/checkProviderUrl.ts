import { checkUrl } from './checkUrl.ts';

/**
 * Checks the address of a provider, as {@link checkUrl}, and answers it parsed. Its path may be its own, and comes without
 * slashes at the end, but for the root's.
 *
 * @param text the address as it was configured
 * @param setting the name of the setting it came from, such as `META_GRAPH_URL`: the message names it
 * @throws BluetickError `invalid_configuration`
 */
export function checkProviderUrl(text: string, setting: string): URL {
  const { url, refuse } = checkUrl(text, setting);
  if (url.search !== '' || url.hash !== '') throw refuse('must not hold a query or a fragment');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}
