import type { Barrier } from "../core/api/admin_federation.ts";
import { formatIpv6, parseIpv6 } from "../core/ids/ipv6.ts";
import { hostAndPortOf, type ServerName } from "../core/ids/server_name.ts";
import type { NamedPolicy } from "./ports.ts";

/** Servers by host: `example.org`, at whatever port, or `*.example.org`, all names below it. */
export interface ServerList {
  readonly hosts: ReadonlySet<string>;
  /** Without the star: `example.org` for `*.example.org`. */
  readonly below: ReadonlySet<string>;
}

/**
 * The one spelling of a host as lists are compared: lower case, ASCII (IDNA), no dot at the end,
 * no brackets, IPv4 inside IPv6 as itself. Undefined where it is no host.
 */
export function canonicalHost(text: string): string | undefined {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  if (bare.includes(":")) {
    const groups = parseIpv6(bare.toLowerCase()) ?? parseIpv6(embedded(bare.toLowerCase()));
    return groups === undefined ? undefined : ipv4Inside(groups) ?? formatIpv6(groups);
  }
  if (!URL.canParse(`https://${bare}/`)) return undefined;
  const { hostname, pathname, port, search, hash, username } = new URL(`https://${bare}/`);
  if (pathname !== "/" || port + search + hash + username !== "") return undefined;
  return hostname.replace(/\.$/, "");
}

/** `::ffff:1.2.3.4` as eight groups of hexadecimal digits. */
function embedded(text: string): string {
  return text.replace(/(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/, (_all, ...parts) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

/** The IPv4 address in a v4-mapped (`::ffff:0:0/96`) or NAT64 (`64:ff9b::/96`) address. */
function ipv4Inside(groups: readonly number[]): string | undefined {
  const [a, b, c, d, e, f, high = 0, low = 0] = groups;
  const zeros = c === 0 && d === 0 && e === 0;
  const mapped = a === 0 && b === 0 && zeros && f === 0xffff;
  const translated = a === 0x64 && b === 0xff9b && zeros && f === 0;
  if (!mapped && !translated) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** An entry of a list in its canonical form, or undefined where it cannot be one. */
function parseEntry(text: string): { host: string; below: boolean } | undefined {
  const below = text.startsWith("*.");
  const rest = below ? text.slice(2) : text;
  // A port says nothing here: a server that is unwanted is so at every port.
  const bare = /^\[[^\]]*\](?::\d+)?$/.test(rest)
    ? rest.slice(0, rest.indexOf("]") + 1)
    : rest.replace(/^([^:]*):\d+$/, "$1");
  if (bare.includes("*")) return undefined;
  const host = canonicalHost(bare);
  return host === undefined || host === "" ? undefined : { host, below };
}

/** Reads a list as it is configured; entries that mean nothing are named. */
export function parseServerList(
  entries: readonly string[],
): { readonly list: ServerList; readonly unusable: readonly string[] } {
  const hosts = new Set<string>();
  const below = new Set<string>();
  const unusable: string[] = [];
  for (const text of entries) {
    const entry = parseEntry(text.trim());
    if (entry === undefined) unusable.push(text);
    else (entry.below ? below : hosts).add(entry.host);
  }
  return { list: { hosts, below }, unusable };
}

/** Whether a list names this server. A look-up for each label, however long the list. */
export function isListed(list: ServerList, server: ServerName): boolean {
  const host = canonicalHost(hostAndPortOf(server).host);
  if (host === undefined) return false;
  if (list.hosts.has(host)) return true;
  for (let at = host.indexOf("."); at >= 0; at = host.indexOf(".", at + 1)) {
    if (list.below.has(host.slice(at + 1))) return true;
  }
  return false;
}

export interface ServerLists {
  /** Empty: all servers that are not blocked. */
  readonly allow: ServerList;
  readonly block: ServerList;
}

/** The lists as people write them, with commas between. Entries that mean nothing say nothing. */
export function serverLists(
  { allow, block }: { readonly allow: string | null; readonly block: string | null },
): ServerLists {
  return {
    allow: parseServerList(entriesOf(allow)).list,
    block: parseServerList(entriesOf(block)).list,
  };
}

/** The entries of a list as administrators write it, with commas between. */
export function entriesOf(written: string | null): string[] {
  return (written ?? "").split(",").map((entry) => entry.trim()).filter((entry) => entry !== "");
}

export interface PolicyFacts {
  readonly self: ServerName;
  /** A trial has no name of its own: it speaks with its test peers alone. */
  readonly trial: boolean;
  readonly enabled: boolean;
  readonly testPeers: ReadonlySet<ServerName>;
  /** As they are at the moment: asked for with each question. */
  readonly lists: () => ServerLists;
}

/** Which servers this one speaks with at all. PROTOCOL.md 7 (step 6), docs/OPERATIONS.md. */
export function serverPolicy(facts: PolicyFacts): NamedPolicy {
  const { self, trial, enabled, testPeers, lists } = facts;
  const barrier = (server: ServerName): Barrier | undefined => {
    const { allow, block } = lists();
    if (server === self) return "self";
    if (!enabled) return "off";
    if (isListed(block, server)) return "block";
    if (testPeers.has(server)) return undefined;
    if (trial) return "trial";
    if (server === "localhost" || server.startsWith("localhost:")) return "localhost";
    if (allow.hosts.size + allow.below.size > 0 && !isListed(allow, server)) return "allow";
    return undefined;
  };
  return {
    barrier,
    refusal(server) {
      const met = barrier(server);
      return met === undefined ? undefined : REASONS[met](server);
    },
  };
}

/** What administrators are told, in English; pages say it in their language. */
const REASONS: Readonly<Record<Barrier, (server: ServerName) => string>> = {
  self: (server) => `${server} is this server itself`,
  off: () => "federation is switched off (federation.enabled)",
  block: (server) => `${server} is on the block list (federation.block)`,
  trial: () => "this server is a trial: only test peers speak with it",
  localhost: () => "localhost is the name of every trial",
  allow: (server) => `${server} is not on the allow list (federation.allow)`,
};
