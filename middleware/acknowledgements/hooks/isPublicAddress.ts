import { BlockList, isIP } from 'node:net';

/**
 * What the registries for special purposes (IANA, RFC 6890) and multicast take out of IPv4, and one address that Azure
 * has taken: 168.63.129.16 is the platform behind every virtual machine.
 */
const specialIpv4: readonly (readonly [net: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's platform
  ['169.254.0.0', 16], // link-local; clouds' metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/**
 * Of IPv6 only 2000::/3 is given out as global unicast. Loopback, unspecified, link-local, unique local, multicast,
 * IPv4-mapped and NAT64 addresses all lie outside of it; these lie inside and lead elsewhere.
 */
const specialIpv6: readonly (readonly [net: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: holds an IPv4 address
  ['3fff::', 20], // documentation
];

const ipv4 = new BlockList();
for (const [net, prefix] of specialIpv4) ipv4.addSubnet(net, prefix, 'ipv4');
const ipv6 = new BlockList();
for (const [net, prefix] of specialIpv6) ipv6.addSubnet(net, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is one that anybody on the internet could mean: no way into our own network, or back to us. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !ipv4.check(address, 'ipv4');
  return version === 6 && globalUnicast.check(address, 'ipv6') && !ipv6.check(address, 'ipv6');
}
