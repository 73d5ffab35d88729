import { isIP } from "node:net";
import { addressRefusal } from "../../../federation/address.ts";
import type { Endpoint } from "../../../federation/resolve_server.ts";

/** Where previews may be asked for; from the `previews` section of the configuration. */
export interface PreviewRules {
  /** Origins at fixed addresses that may be private and without TLS; only for tests. */
  readonly trusted: ReadonlySet<string>;
  /** Those of the web; on others something else may listen. */
  readonly ports: ReadonlySet<number>;
  /** Hosts, lower case, that are not asked, and what is below them. */
  readonly denied: readonly string[];
  /** Hosts of this server: it does not ask itself. */
  readonly own: ReadonlySet<string>;
}

export interface PreviewPlace {
  readonly endpoint: Endpoint;
  /** Path and query. */
  readonly target: string;
}

/**
 * Where to ask for an address that a stranger wrote, or why not: the web's own ports alone, no
 * credentials, and no address of a private network, which is checked again for each address that a
 * name leads to when it is dialled. Every hop of a redirect comes through here.
 */
export function placeOfPreview(url: URL, rules: PreviewRules): PreviewPlace | string {
  const { origin, protocol, hostname, port, username, password, pathname, search } = url;
  if (protocol !== "https:" && protocol !== "http:") return `${protocol} is not asked`;
  const named = rules.trusted.has(origin);
  if (username !== "" || password !== "") return "it has a user name or a password";
  const scheme = protocol === "https:" ? "https" : "http";
  // A URL has no port where it is that of its scheme.
  const dialled = port === "" ? (scheme === "https" ? 443 : 80) : Number(port);
  if (!rules.ports.has(dialled) && !named) return `port ${port} is not asked`;
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (rules.own.has(host) && !named) return "it is this server";
  const denied = rules.denied.find((each) => host === each || host.endsWith(`.${each}`));
  if (denied !== undefined) return `${denied} is not asked here`;
  const refused = isIP(host) !== 0 && !named ? addressRefusal(host) : undefined;
  if (refused !== undefined) return refused;
  return { endpoint: { scheme, host, port: dialled, named }, target: pathname + search };
}
