import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { leaveWithPeople } from "../webhooks/webhook_member.ts";
import { openPrivateRooms } from "../chat/view_guild.ts";

/** @throws OperationError `forbidden` for the owner, `not_found` */
export async function leaveGuild(
  deps: Pick<ChatDeps, "rooms" | "sql">,
  userId: UserId,
  guildId: string,
): Promise<void> {
  const room = await openGuild(deps, userId, guildId);
  if (room.authority.owner() === userId) {
    throw new OperationError(
      "forbidden",
      "You own this guild. Hand it over to another member first, or delete it.",
    );
  }
  for (const own of await openPrivateRooms(deps, room, userId)) await leaveRoom(own, userId);
  await leaveRoom(room, userId);
}

/** Leaves one room; nothing happens where the user is not in it. */
export async function leaveRoom(room: Room, userId: UserId): Promise<void> {
  if (room.authority.room.kind === "guild") await leaveWithPeople(room, userId);
  await room.changeControl((authority) => ({
    intents: authority.isJoined(userId) || authority.membership(userId) === "invite"
      ? [{
        type: "m.room.member",
        sender: userId,
        stateKey: userId,
        content: { membership: "leave" },
      }]
      : [],
  }));
}
