/**
 * Whose an address is, as far as limits by address go: of IPv6 its first half, since who has one address has 2^64 of them
 * (RFC 6177).
 */
export function networkOf(address: string): string {
  // An address of IPv4, also as IPv6 writes it.
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const [before, behind] = [head.split(':'), tail?.split(':') ?? []];
  const left = tail === undefined ? 0 : Math.max(8 - before.length - behind.length, 0);
  return [...before, ...Array<string>(left).fill('0'), ...behind].slice(0, 4).join(':');
}
