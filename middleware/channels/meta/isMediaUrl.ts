/** Where Meta keeps files (Media API page: `lookaside.fbsbx.com`; the others are its content networks). */
const mediaHosts = [
  /^lookaside\.fbsbx\.com$/,
  /^([a-z0-9-]+\.)+fbcdn\.net$/,
  /^([a-z0-9-]+\.)+whatsapp\.net$/,
];

/**
 * Whether a file's address may be called with the access token: a host of Meta's, by https on its usual port, or
 * the Graph origin itself, where the simulator keeps its files. The token goes nowhere else, whatever an answer says.
 */
export function isMediaUrl(url: URL, graphUrl: URL): boolean {
  if (url.origin === graphUrl.origin) return true;
  const known = mediaHosts.some(host => host.test(url.hostname));
  return known && url.protocol === 'https:' && url.port === '';
}
