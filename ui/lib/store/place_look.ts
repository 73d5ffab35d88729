import type { IconName } from "../../components/Icon.tsx";
import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { channelIcon } from "../format/channel_icon.ts";
import { dmName } from "../format/dm_name.ts";
import { handleOf } from "../format/names.ts";
import { channelPath, dmPath } from "../format/paths.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "./chat.ts";
import type { Ranked } from "./rank_targets.ts";

/** How a place is shown, and found by its name, in a list of places to choose from. */
export type PlaceLook = Pick<Ranked, "kind" | "text" | "detail"> & {
  readonly icon: IconName;
  readonly path: string;
};

export function lookOfChannel(guild: Guild, channel: Channel): PlaceLook {
  return {
    kind: "channel",
    text: channel.name,
    detail: guild.name,
    icon: channelIcon(channel),
    path: channelPath(guild.id, channel),
  };
}

/** A conversation, as its member `selfId` sees it. */
export function lookOfDm(dm: ChatState["dms"]["value"][number], selfId: string): PlaceLook {
  const isPair = dm.kind === "pair";
  return {
    kind: "person",
    text: dmName(dm, selfId),
    detail: isPair ? handleOf(dm.user.id) : t("group.people", { n: dm.people.length }),
    icon: isPair ? "chat" : "people",
    path: dmPath(dm.room_id),
  };
}

/** How many places one was in since this one; the ranking puts smaller ones first. */
export function recencyOf(path: string, recent: readonly string[]): number {
  const at = recent.indexOf(path);
  return at < 0 ? Infinity : at;
}
