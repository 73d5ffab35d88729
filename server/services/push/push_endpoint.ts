import { isIP } from "node:net";
import { addressRefusal } from "../../../federation/address.ts";
import type { Endpoint } from "../../../federation/resolve_server.ts";
import { PUSH } from "../../../core/api/push.ts";

export interface PushPlace {
  readonly endpoint: Endpoint;
  /** Path and query. */
  readonly target: string;
}

/**
 * Where to send for a device, or why not. A browser names the address, so it is a stranger's word:
 * HTTPS alone, and no address of a private network, which is checked again for each address that
 * its name leads to when it is dialled. `testServices`: origins that the configuration trusts.
 */
export function placeOfPush(
  address: string,
  testServices: ReadonlySet<string>,
): PushPlace | string {
  if (address.length > PUSH.endpointChars || !URL.canParse(address)) {
    return "The endpoint is not the address of a push service.";
  }
  const { origin, protocol, hostname, port, username, password, hash, pathname, search } = new URL(
    address,
  );
  const named = testServices.has(origin);
  if (protocol !== "https:" && !named) return "A push service is reached over https.";
  if (username !== "" || password !== "" || hash !== "") {
    return "The endpoint has a user name, a password or a fragment: none belongs there.";
  }
  const host = hostname.replace(/^\[|\]$/g, "");
  const refused = isIP(host) !== 0 && !named ? addressRefusal(host) : undefined;
  if (refused !== undefined) return `The endpoint cannot be used: ${refused}.`;
  const scheme = protocol === "https:" ? "https" : "http";
  return {
    endpoint: {
      scheme,
      host,
      port: port === "" ? (scheme === "https" ? 443 : 80) : Number(port),
      named,
    },
    target: pathname + search,
  };
}
