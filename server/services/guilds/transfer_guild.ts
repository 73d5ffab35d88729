import type { Guild } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { OwnerOffers } from "../../federation/owner_offers.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { openGuild, requireUserId } from "../chat/place.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { requireOwner } from "./delete_guild.ts";

/**
 * Hands the guild over. A member of another server is asked first, and that server must sign:
 * until then everything stays as it is. @throws OperationError `invalid`, `forbidden`, `not_found`
 */
export async function transferGuild(
  deps: ChatDeps & { readonly remote: RemoteRooms; readonly owners: OwnerOffers },
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string },
): Promise<Guild> {
  const room = await openGuild(deps, userId, input.guildId);
  const heir = requireUserId(input.userId);
  const to = serverOf(heir);
  if (to === deps.serverName) {
    await room.changeControl((authority) => {
      requireHeir(room, { userId, heir, isJoined: authority.isJoined(heir) });
      return {
        intents: [{
          type: "m.guild.owner",
          sender: userId,
          stateKey: "",
          content: { user: heir },
        }],
      };
    });
  } else {
    requireHeir(room, { userId, heir, isJoined: room.authority.isJoined(heir) });
    await deps.owners.keepOffer({ roomId: room.id, user: heir, by: userId });
    await deps.remote.tellNow({ kind: "owner", to, roomId: room.id, user: heir });
  }
  return await viewGuild(deps, room, userId);
}

function requireHeir(
  room: Room,
  { userId, heir, isJoined }: {
    readonly userId: UserId;
    readonly heir: UserId;
    readonly isJoined: boolean;
  },
): void {
  requireOwner(room, userId, "hand the guild over");
  if (isJoined && heir !== userId) return;
  throw new OperationError(
    "invalid",
    `${heir} cannot become the owner: choose another member of the guild.`,
    { details: { field: "user_id" } },
  );
}
