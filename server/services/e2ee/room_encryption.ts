import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { RoomFacts } from "../../../core/rules/room_facts.ts";

/** Kinds of rooms that can be encrypted: those with members of their own. */
const KINDS: ReadonlySet<RoomFacts["kind"]> = new Set(["dm", "group_dm", "private"]);

export function canBeEncrypted(authority: Authority): boolean {
  return KINDS.has(authority.room.kind);
}

/** From `m.room.encryption` on, for good. PROTOCOL.md 9. */
export function isEncrypted(authority: Authority): boolean {
  return authority.view.get("m.room.encryption", "") !== undefined;
}

/** When encryption was switched on, ms; undefined: it is not. */
export function encryptedSince(authority: Authority): number | undefined {
  return authority.view.get("m.room.encryption", "")?.pdu.origin_ts;
}

/**
 * Who may switch it on: the owner, of a DM, which has none, either of the two. PROTOCOL.md 4
 * (`m.room.encryption`).
 */
export function mayEncrypt(authority: Authority, userId: UserId): boolean {
  const isMaster = authority.room.kind === "dm" || authority.owner() === userId;
  return canBeEncrypted(authority) && isMaster && authority.isJoined(userId);
}
