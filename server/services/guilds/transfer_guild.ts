import type { Guild } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireUserId } from "../chat/place.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { requireOwner } from "./delete_guild.ts";

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function transferGuild(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string },
): Promise<Guild> {
  const room = await openGuild(deps, userId, input.guildId);
  const heir = requireUserId(input.userId);
  await room.changeControl((authority) => {
    requireOwner(room, userId, "hand the guild over");
    if (!authority.isJoined(heir) || heir === userId) {
      throw new OperationError(
        "invalid",
        `${heir} cannot become the owner: choose another member of the guild.`,
        { details: { field: "user_id" } },
      );
    }
    return {
      intents: [{
        type: "m.guild.owner",
        sender: userId,
        stateKey: "",
        content: { user: heir },
      }],
    };
  });
  return await viewGuild(deps, room, userId);
}
