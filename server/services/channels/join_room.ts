import { custodianOf, mayJoinByRole } from "../../../core/auth/private_room.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { localVoucher } from "../../federation/vouchers.ts";
import { requireDeviceRoom } from "../e2ee/device_room.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { Room } from "../../rooms/room.ts";
import { requireGuildPlace } from "../guilds/joined_guilds.ts";
import { requireGroupPlace } from "../dms/group_place.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";

type JoinDeps = Pick<ChatDeps, "sql" | "rooms" | "clock" | "serverName">;

/**
 * Accepts an invitation into a room that others of this server are in, or comes into a private
 * channel by a role of the guild. "Not there" and "not for you" answer alike.
 * @throws OperationError `not_found`, `limit_reached`, `unavailable`
 */
export async function joinRoom(
  deps: JoinDeps & { readonly remote: Pick<RemoteRooms, "join"> },
  userId: UserId,
  rawId: string,
): Promise<void> {
  const id = parseRoomId(rawId);
  const room = id === undefined ? undefined : await deps.rooms.open(id);
  if (room === undefined) throw roomNotFound();
  const { authority } = room;
  const invited = authority.membership(userId, deps.clock.now()) === "invite";
  const custodian = custodianOf(authority);
  if (!invited && custodian !== deps.serverName && await opensByRole(deps, room, userId)) {
    // Another server vouches: it looks at the guild's present state, and signs with us.
    return await deps.remote.join({ user: userId, roomId: room.id, servers: [custodian] });
  }
  await joinHere(deps, room, userId);
}

/**
 * As `joinRoom`, where no other server has a say.
 * @throws OperationError `not_found`, `limit_reached`: its devices do not fit into an encrypted room
 */
export async function joinHere(deps: JoinDeps, room: Room, userId: UserId): Promise<void> {
  const { kind } = room.authority.room;
  if (!room.authority.isJoined(userId)) {
    if (kind === "guild") await requireGuildPlace(deps, userId);
    if (kind === "group_dm") await requireGroupPlace(deps, userId);
  }
  if (isEncrypted(room.authority)) await requireDeviceRoom(deps, room, [userId]);
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
  deps: JoinDeps,
  room: Room,
  userId: UserId,
): Promise<UserId | undefined> {
  if (custodianOf(room.authority) !== deps.serverName) return undefined;
  return await opensByRole(deps, room, userId) ? localVoucher(room.authority, deps) : undefined;
}

async function opensByRole(
  deps: Pick<ChatDeps, "rooms">,
  room: Room,
  userId: UserId,
): Promise<boolean> {
  const guildId = parseRoomId(room.authority.room.guild ?? "");
  const guild = guildId === undefined ? undefined : await deps.rooms.open(guildId);
  return guild !== undefined && mayJoinByRole(room.authority, guild.authority, userId);
}
