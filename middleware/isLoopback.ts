/**
 * Whether a host name, as `URL.hostname` writes it, means this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
 * Other spellings of a loopback address are normalised by `URL` before they get here.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
