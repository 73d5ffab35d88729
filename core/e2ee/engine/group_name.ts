import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equalBytes, framed } from "../bytes.ts";
import type { RoomKind } from "./types.ts";

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/**
 * A group's id says which room it belongs to and, for a DM, whose it is: salt and hash. So no
 * server can move a group to another room, nor make a conversation of two one of three.
 * PROTOCOL.md, "Encryption: devices".
 */
export function makeGroupId(roomId: string, kind: RoomKind, salt: Uint8Array): Uint8Array {
  return concat(salt, hashOf(roomId, kind, salt));
}

/** Fresh bytes that `makeGroupId` wants. */
export const GROUP_SALT_BYTES = SALT_BYTES;

/**
 * What a group's id says that it is, or undefined where it is not this room's. `users` are those
 * who may be meant: who is in the group, and who a DM is said to be with.
 */
export function readGroupId(
  groupId: Uint8Array,
  roomId: string,
  users: Iterable<string>,
): RoomKind | undefined {
  if (groupId.length !== SALT_BYTES + HASH_BYTES) return undefined;
  const salt = groupId.subarray(0, SALT_BYTES);
  const hash = groupId.subarray(SALT_BYTES);
  const fits = (kind: RoomKind) => equalBytes(hash, hashOf(roomId, kind, salt));
  if (fits({ kind: "channel" })) return { kind: "channel" };
  const known = [...new Set(users)];
  for (const one of known) {
    for (const other of known) {
      if (one >= other) continue;
      const kind: RoomKind = { kind: "dm", users: [one, other] };
      if (fits(kind)) return kind;
    }
  }
  return undefined;
}

function hashOf(roomId: string, kind: RoomKind, salt: Uint8Array): Uint8Array {
  const users = kind.kind === "dm" ? [...kind.users].sort() : [];
  return sha256(framed("openguild/group/1", salt, roomId, kind.kind, ...users));
}

/** Whether somebody may be in a room's group at all. */
export function belongs(kind: RoomKind, user: string): boolean {
  return kind.kind === "channel" || kind.users.includes(user);
}

export function sameKind(a: RoomKind, b: RoomKind): boolean {
  if (a.kind === "channel" || b.kind === "channel") return a.kind === b.kind;
  return [...a.users].sort().join("\n") === [...b.users].sort().join("\n");
}
