import type { Brand } from "./brand.ts";
import { parseServerName, type ServerName } from "./server_name.ts";

/**
 * A user on the wire, `@local:server`: local part 1..64 of `[a-z0-9._-]`, the whole at most
 * 255 bytes. What names a server gives to new accounts may be narrower. PROTOCOL.md 1.
 */
export type UserId = Brand<"UserId">;

const ID_MAX_BYTES = 255;

const LOCALPART = /^[a-z0-9._-]{1,64}$/;

/** The user id, or undefined. */
export function parseUserId(text: string): UserId | undefined {
  if (!text.startsWith("@") || text.length > ID_MAX_BYTES) return undefined;
  const colon = text.indexOf(":");
  if (colon < 0 || !LOCALPART.test(text.slice(1, colon))) return undefined;
  return parseServerName(text.slice(colon + 1)) === undefined ? undefined : text as UserId;
}

/** The id of a local part at a server, or undefined where the local part is not one. */
export function userIdOf(localpart: string, server: ServerName): UserId | undefined {
  return parseUserId(`@${localpart}:${server}`);
}

/** `alice` of `@alice:example.com`. */
export function localpartOf(user: UserId): string {
  return user.slice(1, user.indexOf(":"));
}

/** `example.com` of `@alice:example.com`. */
export function serverOf(user: UserId): ServerName {
  return user.slice(user.indexOf(":") + 1) as ServerName;
}

/** The id of `@alice@example.com`, `alice@example.com` or the wire form, as people type it. */
export function parseTypedUserId(text: string): UserId | undefined {
  const trimmed = text.trim().toLowerCase();
  const wire = parseUserId(trimmed);
  if (wire !== undefined) return wire;
  const match = /^@?([^@:]+)@([^@]+)$/.exec(trimmed);
  return match === null ? undefined : parseUserId(`@${match[1]}:${match[2]}`);
}
