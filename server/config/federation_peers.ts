import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { parseServerList } from "../../federation/policy.ts";
import type { Endpoint } from "../../federation/resolve_server.ts";

interface Lists {
  readonly allow: readonly string[];
  readonly block: readonly string[];
  readonly testPeers: readonly string[];
  readonly mutualTls: readonly string[];
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
}

/** The file of each server that proves itself by certificate; unusable entries are left out. */
export function mutualTlsFiles(settings: Pick<Lists, "mutualTls">): Map<ServerName, string> {
  const files = new Map<ServerName, string>();
  for (const text of settings.mutualTls) {
    const equals = text.indexOf("=");
    const name = parseServerName(text.slice(0, Math.max(equals, 0)));
    const file = text.slice(equals + 1);
    if (name !== undefined && file !== "") files.set(name, file);
  }
  return files;
}

/** The named test peers by server; entries that cannot be used are left out. */
export function testPeersOf(settings: Pick<Lists, "testPeers">): Map<ServerName, Endpoint> {
  const peers = new Map<ServerName, Endpoint>();
  for (const text of settings.testPeers) {
    const peer = parsePeer(text);
    if (peer !== undefined) peers.set(peer.name, peer.endpoint);
  }
  return peers;
}

/** `one.test=http://127.0.0.1:8009`. */
function parsePeer(text: string): { name: ServerName; endpoint: Endpoint } | undefined {
  const equals = text.indexOf("=");
  const name = parseServerName(text.slice(0, Math.max(equals, 0)));
  const address = text.slice(equals + 1);
  if (name === undefined || !URL.canParse(address)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(address);
  if ((protocol !== "http:" && protocol !== "https:") || pathname + search !== "/") {
    return undefined;
  }
  const scheme = protocol === "https:" ? "https" : "http";
  const endpoint: Endpoint = {
    scheme,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (scheme === "https" ? 443 : 80) : Number(port),
    named: true,
    server: name,
  };
  return { name, endpoint };
}

/** What is wrong with the lists of servers, each line naming the entry and the way out. */
export function federationProblems(settings: Lists): string[] {
  const problems: string[] = [];
  for (const text of settings.testPeers) {
    if (parsePeer(text) === undefined) {
      problems.push(
        `federation.test_peers: ${JSON.stringify(text)} is not a server name and its address, ` +
          "such as one.test=http://127.0.0.1:8009",
      );
    }
  }
  if (mutualTlsFiles(settings).size !== settings.mutualTls.length) {
    problems.push("federation.mutual_tls: each entry is a server name and a file, once per name");
  }
  const complete = settings.clientCert !== undefined && settings.clientKey !== undefined;
  const started = settings.clientCert ?? settings.clientKey;
  if (!complete && (settings.mutualTls.length > 0 || started !== undefined)) {
    problems.push("federation.mutual_tls needs federation.client_cert and federation.client_key");
  }
  for (const list of ["allow", "block"] as const) {
    for (const text of parseServerList(settings[list]).unusable) {
      problems.push(
        `federation.${list}: ${JSON.stringify(text)} names no servers; write example.org, or ` +
          "*.example.org for all names below it",
      );
    }
  }
  return problems;
}
