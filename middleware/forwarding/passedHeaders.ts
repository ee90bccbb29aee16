import type { RawRequest } from '../ports.ts';

/** Of one connection only (RFC 9110, 7.6.1), or said anew for the next one. */
const ofConnection = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers of a request that go along when it is passed on: all but those of the connection that it came by. */
export function passedHeaders(headers: RawRequest['headers']): Readonly<Record<string, string>> {
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map(name => name.trim());
  const passed = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || ofConnection.has(name) || named.includes(name)) return [];
    // Node joins what comes several times, but for cookies, which only answers set.
    return [[name, Array.isArray(value) ? value.join(', ') : value]];
  });
  return Object.fromEntries(passed);
}
