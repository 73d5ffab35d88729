import type { Channel } from "../../../core/api/channel.ts";
import type { IconName } from "../../components/Icon.tsx";

/** What a channel is, as one sign. */
export function channelIcon(channel: Pick<Channel, "kind" | "private" | "hidden">): IconName {
  if (channel.kind === "voice") return "voice";
  if (channel.private) return "lock";
  return channel.hidden ? "hidden" : "hash";
}
