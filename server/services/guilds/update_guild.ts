import type { Guild } from "../../../core/api/guild.ts";
import type { JsonObject, JsonValue } from "../../../core/event/json.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { contentOf } from "../../rooms/content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { claimableIcon, iconFields, iconUse } from "./guild_icon.ts";

export interface GuildChange {
  readonly name?: string | undefined;
  readonly icon?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly knock?: boolean | undefined;
  readonly history?: "shared" | "joined" | undefined;
  readonly reason?: string | undefined;
}

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function updateGuild(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly change: GuildChange },
): Promise<Guild> {
  const room = await openGuild(deps, userId, input.guildId);
  const { reason, knock, history, ...fields } = input.change;
  const icon = await claimableIcon(deps, userId, { room, icon: fields.icon });
  await room.changeControl(({ view }) => {
    const before = contentOf(view.get("m.guild.meta", "")) ?? {};
    const content = withReason(patch(before, { ...fields, ...iconFields(icon) }), reason);
    const looks = Object.values(fields).some((field) => field !== undefined);
    const meta = { type: "m.guild.meta", sender: userId, stateKey: "", content };
    return {
      intents: [
        ...(looks ? [meta] : []),
        ...(knock === undefined ? [] : [{
          type: "m.room.join_rules",
          sender: userId,
          stateKey: "",
          content: withReason({ rule: knock ? "knock" : "invite" }, reason),
        }]),
        ...(history === undefined ? [] : [{
          type: "m.room.history_visibility",
          sender: userId,
          stateKey: "",
          content: withReason({ visibility: history }, reason),
        }]),
      ],
      rows: icon === undefined ? [] : iconUse(room.id, icon?.uri ?? null, deps.clock.now()),
    };
  });
  return await viewGuild(deps, room, userId);
}

/** null takes a field away, undefined keeps it. */
export function patch(
  before: JsonObject,
  fields: Readonly<Record<string, JsonValue | undefined>>,
): JsonObject {
  const after: Record<string, JsonValue> = { ...before };
  delete after["reason"];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (value === null) delete after[name];
    else after[name] = value;
  }
  return after;
}

/** The reason travels with the event, so that every server's audit log can show it. */
export function withReason(content: JsonObject, reason: string | undefined): JsonObject {
  return reason === undefined || reason === "" ? content : { ...content, reason };
}
