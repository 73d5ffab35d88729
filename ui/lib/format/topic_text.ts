import type { Guild } from "../../../core/api/guild.ts";
import { plainTextOf } from "../../../core/event/plain_text.ts";
import { handleOf } from "./names.ts";

/** A topic on one line where no chat is open to say what people are called: by their handles. */
export function topicText(guild: Guild, topic: string): string {
  return plainTextOf(topic, {
    user: (id) => handleOf(id).slice(1),
    role: (id) => guild.roles.find((role) => role.id === id)?.name,
    channel: (id) => guild.channels.find((channel) => channel.id === id)?.name,
  });
}
