import type { IconName } from "../../components/Icon.tsx";
import type { Message } from "../../../core/api/message.ts";
import { channelIcon } from "../format/channel_icon.ts";
import { dmName } from "../format/dm_name.ts";
import { handleOf } from "../format/names.ts";
import { channelPath, dmPath } from "../format/paths.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "./chat.ts";
import type { Ranked } from "./rank_targets.ts";

/** A place that a copy of a message can go to. */
export interface ForwardTarget extends Ranked {
  readonly icon: IconName;
  readonly path: string;
  readonly roomId: string;
  readonly channelId: string;
}

/** Channels and conversations in which the viewer may say what the message says, files included. */
export function forwardTargets(
  state: Pick<ChatState, "guilds" | "dms" | "self">,
  message: Pick<Message, "media">,
  recent: readonly string[],
): ForwardTarget[] {
  const visited = (path: string) => {
    const at = recent.indexOf(path);
    return { unread: 0, mentions: 0, recency: at < 0 ? Infinity : at };
  };
  const dms = state.dms.value.filter((dm) => dm.state === "joined" || dm.state === "waiting")
    .map((dm): ForwardTarget => ({
      kind: "person",
      text: dmName(dm, state.self.value.user.id),
      detail: dm.kind === "pair"
        ? handleOf(dm.user.id)
        : t("group.people", { n: dm.people.length }),
      icon: dm.kind === "pair" ? "chat" : "people",
      path: dmPath(dm.room_id),
      roomId: dm.room_id,
      channelId: dm.channel_id,
      ...visited(dmPath(dm.room_id)),
    }));
  const channels = state.guilds.value.flatMap((guild) =>
    guild.channels.filter(({ kind, archived, permissions }) =>
      kind !== "category" && !archived && can(permissions, "SEND") &&
      (message.media.length === 0 || can(permissions, "ATTACH"))
    ).map((channel): ForwardTarget => {
      const path = channelPath(guild.id, channel);
      return {
        kind: "channel",
        text: channel.name,
        detail: guild.name,
        icon: channelIcon(channel),
        path,
        roomId: channel.room_id,
        channelId: channel.id,
        ...visited(path),
      };
    })
  );
  return [...dms, ...channels];
}
