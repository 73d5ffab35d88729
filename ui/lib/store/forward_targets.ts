import type { Message } from "../../../core/api/message.ts";
import { can } from "../format/rights.ts";
import type { ChatState } from "./chat.ts";
import { lookOfChannel, lookOfDm, type PlaceLook, recencyOf } from "./place_look.ts";
import type { Ranked } from "./rank_targets.ts";

/** A place that a copy of a message can go to. */
export interface ForwardTarget extends Ranked, PlaceLook {
  readonly roomId: string;
  readonly channelId: string;
}

/** Channels and conversations in which the viewer may say what the message says, files included. */
export function forwardTargets(
  state: Pick<ChatState, "guilds" | "dms" | "self">,
  message: Pick<Message, "media">,
  recent: readonly string[],
): ForwardTarget[] {
  const targetOf = (look: PlaceLook, roomId: string, channelId: string): ForwardTarget => ({
    ...look,
    roomId,
    channelId,
    recency: recencyOf(look.path, recent),
    unread: 0,
    mentions: 0,
  });
  const dms = state.dms.value.filter((dm) => dm.state === "joined" || dm.state === "waiting")
    .map((dm) => targetOf(lookOfDm(dm, state.self.value.user.id), dm.room_id, dm.channel_id));
  const channels = state.guilds.value.flatMap((guild) =>
    guild.channels.filter(({ kind, archived, permissions }) =>
      kind !== "category" && !archived && can(permissions, "SEND") &&
      (message.media.length === 0 || can(permissions, "ATTACH"))
    ).map((channel) => targetOf(lookOfChannel(guild, channel), channel.room_id, channel.id))
  );
  return [...dms, ...channels];
}
