import type { GroupDm } from "../../../core/api/gateway.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { contentOf } from "../../rooms/content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { claimableIcon, iconFields, iconUse } from "../guilds/guild_icon.ts";
import { patch } from "../guilds/update_guild.ts";
import { openGroupDm } from "./group_place.ts";
import { viewGroupDm } from "./view_group_dm.ts";

/**
 * Name and picture of a conversation of several; null takes one off.
 * @throws OperationError `invalid`, `not_found`, `forbidden`
 */
export async function updateGroupDm(
  deps: ChatDeps,
  userId: UserId,
  input: {
    readonly roomId: string;
    readonly change: {
      readonly name?: string | null | undefined;
      readonly icon?: string | null | undefined;
    };
  },
): Promise<GroupDm> {
  const room = await openGroupDm(deps, userId, input.roomId);
  const icon = await claimableIcon(deps, userId, { room, icon: input.change.icon });
  const fields = { name: input.change.name, ...iconFields(icon) };
  await room.changeControl(({ view }) => {
    const before = contentOf(view.get("m.guild.meta", "")) ?? {};
    const content = patch(before, fields);
    const isSame = content["name"] === before["name"] && content["icon"] === before["icon"];
    return {
      intents: isSame ? [] : [{ type: "m.guild.meta", sender: userId, stateKey: "", content }],
      rows: icon === undefined ? [] : iconUse(room.id, icon?.uri ?? null, deps.clock.now()),
    };
  });
  return await viewGroupDm(deps, room, userId);
}
