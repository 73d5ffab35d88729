import type { GroupDm } from "../../../core/api/gateway.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { StateView } from "../../../core/state/state_map.ts";
import { contentOf } from "../../rooms/content.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { claimableIcon, iconFields, iconUse } from "../guilds/guild_icon.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { patch } from "../guilds/update_guild.ts";
import { holdsPlainWords } from "./group_dm_rows.ts";
import { openGroupDm } from "./group_place.ts";
import { viewGroupDm } from "./view_group_dm.ts";

/**
 * Name and picture of a conversation of several; null takes one off. Its owner may let those who are
 * added fetch what was said before, where all of that is sealed: they read what somebody gives them
 * keys of.
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
      readonly history?: "shared" | "joined" | undefined;
    };
  },
): Promise<GroupDm> {
  const room = await openGroupDm(deps, userId, input.roomId);
  await requireHistoryRight(deps, { room, userId, history: input.change.history });
  const icon = await claimableIcon(deps, userId, { room, icon: input.change.icon });
  const fields = { name: input.change.name, ...iconFields(icon) };
  await room.changeControl(({ view }) => {
    const before = contentOf(view.get("m.guild.meta", "")) ?? {};
    const content = patch(before, fields);
    const isSame = content["name"] === before["name"] && content["icon"] === before["icon"];
    const meta = { type: "m.guild.meta", sender: userId, stateKey: "", content };
    return {
      intents: [...(isSame ? [] : [meta]), ...historyIntents(view, userId, input.change.history)],
      rows: icon === undefined ? [] : iconUse(room.id, icon?.uri ?? null, deps.clock.now()),
    };
  });
  return await viewGroupDm(deps, room, userId);
}

type History = "shared" | "joined" | undefined;

/** @throws OperationError `forbidden` for anybody but the owner, `invalid` where others could read it */
async function requireHistoryRight(
  { sql }: Pick<ChatDeps, "sql">,
  { room, userId, history }: {
    readonly room: Room;
    readonly userId: UserId;
    readonly history: History;
  },
): Promise<void> {
  if (history === undefined) return;
  if (room.authority.owner() !== userId) {
    throw new OperationError(
      "forbidden",
      "Only the owner decides what people read who come later.",
    );
  }
  if (history !== "shared") return;
  if (!isEncrypted(room.authority)) {
    throw unsealed(
      "What was said before is shared in encrypted conversations alone: here all of it could be read.",
    );
  }
  if (await holdsPlainWords(sql, room.id)) {
    throw unsealed(
      "What was said before is shared only where all of it is encrypted: here some was said unencrypted, and whoever is added could read that.",
    );
  }
}

function unsealed(message: string): OperationError {
  return new OperationError("invalid", message, { details: { field: "history" } });
}

function historyIntents(view: StateView, sender: UserId, history: History): ControlIntent[] {
  const type = "m.room.history_visibility";
  const before = contentOf(view.get(type, ""))?.["visibility"];
  if (history === undefined || before === history) return [];
  return [{ type, sender, stateKey: "", content: { visibility: history } }];
}
