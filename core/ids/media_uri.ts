import { decodeBase58To16, encodeBase58Of16 } from "./base58.ts";
import type { Brand } from "./brand.ts";
import { parseServerName, type ServerName } from "./server_name.ts";

/** A media object, `mxc://server/id`, id = base58 of 16 random bytes. PROTOCOL.md 10. */
export type MediaUri = Brand<"MediaUri">;

const PREFIX = "mxc://";

/** The URI, or undefined. */
export function parseMediaUri(text: string): MediaUri | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const slash = text.indexOf("/", PREFIX.length);
  if (slash < 0 || decodeBase58To16(text.slice(slash + 1)) === undefined) return undefined;
  const server = parseServerName(text.slice(PREFIX.length, slash));
  return server === undefined ? undefined : text as MediaUri;
}

/** A new object's URI. Throws RangeError unless `random` has 16 bytes. */
export function mediaUriFromBytes(server: ServerName, random: Uint8Array): MediaUri {
  return `${PREFIX}${server}/${encodeBase58Of16(random)}` as MediaUri;
}

/** The server that a media object comes from. */
export function serverOfMedia(uri: MediaUri): ServerName {
  return uri.slice(PREFIX.length, uri.indexOf("/", PREFIX.length)) as ServerName;
}

/** The part after the server's name. */
export function mediaIdOf(uri: MediaUri): string {
  return uri.slice(uri.indexOf("/", PREFIX.length) + 1);
}
