import { othersIn } from "../format/dm_name.ts";
import type { MentionNames } from "../md/mention_text.ts";
import type { ChatState } from "../store/chat.ts";
import { guildOf } from "../store/place.ts";

/** Names that can be mentioned where the composer stands. */
export function mentionNames(state: ChatState): MentionNames {
  const place = state.place.value;
  const guild = guildOf(state.known, place);
  const users = new Set(state.users.keys());
  users.add(state.self.value.user.id);
  if (place.kind === "dm") {
    const dm = state.dms.value.find((entry) => entry.room_id === place.roomId);
    if (dm) { for (const { id } of othersIn(dm, state.self.value.user.id)) users.add(id); }
  }
  return {
    server: state.server.name,
    users,
    roles: new Map(
      guild?.roles.filter((role) => role.id !== "everyone").map((role) => [role.name, role.id]),
    ),
    channels: new Map(
      guild?.channels.filter((channel) => channel.kind !== "category" && !channel.private)
        .map((channel) => [channel.name, channel.id]),
    ),
  };
}
