import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";

export interface ChannelGroup {
  /** null: channels without a category, shown first. */
  readonly category: Channel | null;
  readonly channels: readonly Channel[];
}

const byOrder = (a: Channel, b: Channel) => a.order - b.order || (a.name < b.name ? -1 : 1);

/** Channels under their categories, in the guild's order. Archived ones come last in each. */
export function groupChannels(guild: Guild): ChannelGroup[] {
  const categories = guild.channels.filter((channel) => channel.kind === "category").sort(byOrder);
  const known = new Set(categories.map((category) => category.id));
  const inside = (parent: string | null) =>
    guild.channels.filter((channel) =>
      channel.kind !== "category" &&
      (parent === null
        ? channel.parent === null || !known.has(channel.parent)
        : channel.parent === parent)
    ).sort((a, b) => Number(a.archived) - Number(b.archived) || byOrder(a, b));
  const loose = inside(null);
  return [
    ...(loose.length > 0 ? [{ category: null, channels: loose }] : []),
    ...categories.map((category) => ({ category, channels: inside(category.id) })),
  ];
}
