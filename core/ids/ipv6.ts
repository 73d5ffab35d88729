/** The eight 16-bit groups of an IPv6 address, or undefined. No zone, no embedded IPv4. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => half === "" ? [] : half.split(":"));
  const parts = [...(head ?? []), ...(tail ?? [])];
  if (!parts.every((part) => /^[0-9a-f]{1,4}$/.test(part))) return undefined;
  if (tail === undefined) {
    return parts.length === 8 ? parts.map((part) => parseInt(part, 16)) : undefined;
  }
  const gap = 8 - parts.length;
  if (gap < 1) return undefined;
  const filled = [...(head ?? []), ...new Array<string>(gap).fill("0"), ...tail];
  return filled.map((part) => parseInt(part, 16));
}

/** The one spelling of RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
export function formatIpv6(groups: readonly number[]): string {
  let bestAt = -1;
  let bestLength = 1;
  for (let at = 0; at < groups.length; at++) {
    let end = at;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - at > bestLength) {
      bestAt = at;
      bestLength = end - at;
    }
    if (end > at) at = end;
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestAt < 0) return hex.join(":");
  return `${hex.slice(0, bestAt).join(":")}::${hex.slice(bestAt + bestLength).join(":")}`;
}
