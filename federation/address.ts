import { parseIpv6 } from "../core/ids/ipv6.ts";

/**
 * Ranges that no name of another server may lead to: loopback, private, link-local, shared,
 * documentation, benchmarking, multicast, reserved. The list of Synapse's default
 * `ip_range_blacklist`, with 0/8 and 240/4. PROTOCOL.md 8 (discovery).
 */
const IPV4_REFUSED: readonly (readonly [base: string, bits: number, what: string])[] = [
  ["0.0.0.0", 8, "this network"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "shared"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "link-local"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "protocol assignments"],
  ["192.0.2.0", 24, "documentation"],
  ["192.88.99.0", 24, "6to4 relay"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "benchmarking"],
  ["198.51.100.0", 24, "documentation"],
  ["203.0.113.0", 24, "documentation"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved"],
];

/** Of 2000::/3, what is not an ordinary address; everything outside of 2000::/3 is refused. */
const IPV6_REFUSED: readonly (readonly [base: string, bits: number, what: string])[] = [
  ["2001::", 23, "protocol assignments"],
  ["2001:db8::", 32, "documentation"],
  ["2002::", 16, "6to4"],
  ["3fff::", 20, "documentation"],
];

function ipv4Number(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    number = number * 256 + Number(part);
  }
  return number;
}

function startsWithBits(groups: readonly number[], base: readonly number[], bits: number): boolean {
  for (let at = 0, left = bits; left > 0; at++, left -= 16) {
    const mask = left >= 16 ? 0xffff : (0xffff << (16 - left)) & 0xffff;
    if (((groups[at] as number) & mask) !== ((base[at] as number) & mask)) return false;
  }
  return true;
}

/**
 * Why a resolved address is not dialled, or undefined where it may be. `address` is an IPv4 or
 * IPv6 address as a resolver gives it; anything else is refused. IPv4 inside IPv6 (mapped,
 * compatible, NAT64, 6to4, Teredo) is refused whatever it holds.
 */
export function addressRefusal(address: string): string | undefined {
  const number = ipv4Number(address);
  if (number !== undefined) {
    const range = IPV4_REFUSED.find(([base, bits]) =>
      Math.floor(number / 2 ** (32 - bits)) ===
        Math.floor((ipv4Number(base) as number) / 2 ** (32 - bits))
    );
    return range && `${address} is in ${range[0]}/${range[1]} (${range[2]})`;
  }
  const groups = parseIpv6(address.toLowerCase());
  if (groups === undefined) return `${JSON.stringify(address)} is no address`;
  if (((groups[0] as number) & 0xe000) !== 0x2000) {
    return `${address} is outside of 2000::/3, where ordinary addresses are`;
  }
  const range = IPV6_REFUSED.find(([base, bits]) =>
    startsWithBits(groups, parseIpv6(base) as readonly number[], bits)
  );
  return range && `${address} is in ${range[0]}/${range[1]} (${range[2]})`;
}
