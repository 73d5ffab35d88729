import { BlockList, isIPv4, isIPv6 } from "node:net";

export interface ForwardedFacts {
  readonly address: string;
  readonly secure: boolean;
}

/** Proxies whose word about visitors is believed: addresses and networks (`10.0.0.0/8`). */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly #empty: boolean;

  /** Throws where an entry is no address or network. */
  constructor(entries: readonly string[]) {
    this.#empty = entries.length === 0;
    for (const entry of entries) {
      const [address = "", bits] = entry.split("/");
      const family = familyOf(address);
      const longest = family === "ipv4" ? 32 : 128;
      const prefix = bits === undefined ? longest : Number(bits);
      if (family === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > longest) {
        throw new Error(`The trusted proxy ${JSON.stringify(entry)} is no address or network.`);
      }
      this.#list.addSubnet(address, prefix, family);
    }
  }

  trusts(address: string): boolean {
    if (this.#empty) return false;
    const family = familyOf(address);
    return family !== undefined && this.#list.check(address, family);
  }

  /**
   * The visitor behind the peer: `X-Forwarded-For` is read from its end for as long as
   * proxies are trusted, so that what the visitor itself wrote in front is never believed.
   */
  resolve(
    peer: { address: string; secure: boolean },
    headers: { forwardedFor: string | undefined; forwardedProto: string | undefined },
  ): ForwardedFacts {
    const direct = { address: plainAddress(peer.address), secure: peer.secure };
    if (!this.trusts(direct.address)) return direct;
    const hops = (headers.forwardedFor ?? "").split(",").map((hop) => plainAddress(hop.trim()));
    let { address } = direct;
    for (const hop of hops.reverse()) {
      if (familyOf(hop) === undefined) break;
      address = hop;
      if (!this.trusts(hop)) break;
    }
    const proto = headers.forwardedProto?.split(",").at(-1)?.trim().toLowerCase();
    return { address, secure: proto === undefined ? direct.secure : proto === "https" };
  }
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  return isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
}

/** Without port, brackets and the IPv6 coat of an IPv4 address. */
function plainAddress(text: string): string {
  if (!text.includes(":")) return text;
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  if (bracketed !== undefined) return plainAddress(bracketed);
  const ported = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1];
  return ported ?? /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1] ?? text;
}
