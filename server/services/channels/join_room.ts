import { parseRoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/**
 * Accepts an invitation into a private channel or a conversation, or comes in by a role of the
 * guild. "Not there" and "not for you" answer alike. @throws OperationError `not_found`
 */
export async function joinRoom(
  deps: Pick<ChatDeps, "rooms" | "clock" | "serverName">,
  userId: UserId,
  rawId: string,
): Promise<void> {
  const id = parseRoomId(rawId);
  const room = id === undefined ? undefined : await deps.rooms.open(id);
  if (room === undefined || room.authority.room.kind === "guild") throw roomNotFound();
  const via = await authoriserFor(deps, room, userId);
  await room.changeControl((authority) => {
    if (authority.isJoined(userId)) return { intents: [] };
    const invited = authority.membership(userId, deps.clock.now()) === "invite";
    if (!invited && via === undefined) throw roomNotFound();
    return {
      intents: [{
        type: "m.room.member",
        sender: userId,
        stateKey: userId,
        content: invited || via === undefined
          ? { membership: "join" }
          : { membership: "join", authorised_via: via },
      }],
    };
  });
}

/**
 * Who vouches for a join by role: a member of the private channel with CREATE_INVITE there,
 * while the guild's present state gives the joiner an allowed role. PROTOCOL.md 9.
 */
async function authoriserFor(
  deps: Pick<ChatDeps, "rooms" | "clock" | "serverName">,
  room: Room,
  userId: UserId,
): Promise<UserId | undefined> {
  const guildId = parseRoomId(room.authority.room.guild ?? "");
  const guild = guildId === undefined ? undefined : await deps.rooms.open(guildId);
  if (guild === undefined || !mayJoinByRole(room.authority, guild.authority, userId)) {
    return undefined;
  }
  const nowMs = deps.clock.now();
  for (const member of room.authority.joinedUsers()) {
    if (holds(room.authority.base(member, nowMs), "CREATE_INVITE")) return member;
  }
  return undefined;
}

/** Whether the guild's present roles let a member into its private channel. */
export function mayJoinByRole(room: Authority, guild: Authority, userId: UserId): boolean {
  const rules = room.view.get("m.room.join_rules", "")?.pdu.content;
  if (rules?.["rule"] !== "restricted" || !guild.isJoined(userId)) return false;
  const allow = rules["allow"];
  const held: readonly string[] = guild.rolesOf(userId);
  return Array.isArray(allow) && allow.some((entry) => {
    const role = (entry as { role?: unknown } | null)?.role;
    return typeof role === "string" && held.includes(role);
  });
}
