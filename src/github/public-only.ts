import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIPv6 } from 'node:net';

/** Addresses that lead nowhere on the internet (IANA's special-purpose registries), so that no name can point the bot inward. */
const INWARD = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  INWARD.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INWARD.addSubnet(net, bits, 'ipv6');

/** Whether an address is one of the public internet. IPv4 within IPv6 is judged as what it is. */
export const isPublicAddress = (address: string): boolean => {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return !INWARD.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
};

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** The system's look-up, but for answers that lead into a private network: then the connection is refused before it is made. */
export function lookupPublic(host: string, options: LookupOptions, found: Found): void {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return found(error, []);
    const inward = addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address));
    if (inward) return found(Object.assign(new Error('not a public address'), { code: 'ENOTPUBLIC' }), []);
    if (options.all === true) return found(null, addresses);
    found(null, addresses[0]?.address ?? '', addresses[0]?.family);
  });
}
