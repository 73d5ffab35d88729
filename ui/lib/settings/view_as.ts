import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { can } from "../format/rights.ts";
import { type ChannelGroup, groupChannels } from "../store/channel_tree.ts";

/**
 * The channel list as others have it: what they see under its categories, and apart what they do
 * not. Private channels are rooms of their own, which no role opens to a look.
 */
export function splitSeen(
  guild: Guild,
  rights: readonly { readonly id: string; readonly permissions: string }[],
): { groups: ChannelGroup[]; hidden: Channel[] } {
  const seen = new Set(
    rights.filter(({ permissions }) => can(permissions, "VIEW_CHANNEL")).map(({ id }) => id),
  );
  const open = guild.channels.filter((channel) => !channel.private);
  // A category is only as visible as what is in it.
  const channels = open.filter((channel) => channel.kind === "category" || seen.has(channel.id));
  const groups = groupChannels({ ...guild, channels }).filter((group) => group.channels.length > 0);
  return {
    groups,
    hidden: open.filter((channel) => channel.kind !== "category" && !seen.has(channel.id)),
  };
}
