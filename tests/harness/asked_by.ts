import type { Asked } from "../../federation/ports.ts";
import type { ServerName } from "../../core/ids/server_name.ts";

/** A request of another server, given to a handler that does not look at the body's digest. */
export function askedBy(origin: ServerName): Asked {
  return { origin, bodyDigest: new Uint8Array(32) };
}
