import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { groupChannels } from "../store/channel_tree.ts";

/** Where a channel stands: the order is that of the list. */
export interface Placed {
  readonly id: string;
  readonly parent: string | null;
}

interface Group {
  readonly category: Channel | null;
  channels: Channel[];
}

/** The guild's own channels in groups; the first is for those without a category, also when empty. */
function groupsOf(guild: Pick<Guild, "channels">): Group[] {
  const channels = guild.channels.filter((channel) => !channel.private);
  const groups = groupChannels({ channels } as Guild).map((group) => ({
    category: group.category,
    channels: [...group.channels],
  }));
  return groups[0]?.category === null ? groups : [{ category: null, channels: [] }, ...groups];
}

function placed(groups: readonly Group[]): Placed[] {
  return groups.flatMap(({ category, channels }) => [
    ...(category ? [{ id: category.id, parent: null }] : []),
    ...channels.map(({ id }) => ({ id, parent: category?.id ?? null })),
  ]);
}

/**
 * The list with one channel a step up or down: past the edge of its category it enters the next
 * one. A category moves with all that is in it. Unchanged where there is no way.
 */
export function stepChannel(
  guild: Pick<Guild, "channels">,
  id: string,
  way: "up" | "down",
): Placed[] {
  const groups = groupsOf(guild);
  const step = way === "up" ? -1 : 1;
  const category = groups.findIndex((group) => group.category?.id === id);
  if (category > 0) {
    const [moved] = groups.splice(category, 1);
    // The first place is of those without a category.
    const to = Math.min(Math.max(1, category + step), groups.length);
    if (moved) groups.splice(to, 0, moved);
    return placed(groups);
  }
  const at = groups.findIndex((group) => group.channels.some((channel) => channel.id === id));
  const group = groups[at];
  if (!group) return placed(groups);
  const from = group.channels.findIndex((channel) => channel.id === id);
  const to = from + step;
  const next = groups[at + step];
  const inside = to >= 0 && to < group.channels.length;
  if (!inside && !next) return placed(groups);
  const [moved] = group.channels.splice(from, 1);
  if (moved && inside) group.channels.splice(to, 0, moved);
  else if (moved && next) next.channels.splice(way === "up" ? next.channels.length : 0, 0, moved);
  return placed(groups);
}

/**
 * The list with one channel put before another row; "" puts it last. Before a category stands the
 * end of the group above. A category takes all that is in it along and never parts another.
 */
export function dropChannel(
  guild: Pick<Guild, "channels">,
  id: string,
  before: string,
): Placed[] {
  const groups = groupsOf(guild);
  if (id === before) return placed(groups);
  const holding = (wanted: string) =>
    groups.findIndex(({ category, channels }) =>
      category?.id === wanted || channels.some((channel) => channel.id === wanted)
    );
  const category = groups.findIndex((group) => group.category?.id === id);
  if (category > 0) {
    const [moved] = groups.splice(category, 1);
    const to = before === "" ? groups.length : holding(before);
    // Its own channels are no place for it: it stays.
    if (moved) groups.splice(to < 0 ? category : Math.max(1, to), 0, moved);
    return placed(groups);
  }
  const from = groups[holding(id)];
  const at = from?.channels.findIndex((channel) => channel.id === id) ?? -1;
  const [moved] = at < 0 ? [] : from?.channels.splice(at, 1) ?? [];
  if (!moved) return placed(groups);
  const target = before === "" ? groups.length - 1 : holding(before);
  const group = groups[target];
  if (before !== "" && group?.category?.id === before) {
    groups[target - 1]?.channels.push(moved);
  } else {
    const place = group?.channels.findIndex((channel) => channel.id === before) ?? -1;
    group?.channels.splice(place < 0 ? group.channels.length : place, 0, moved);
  }
  return placed(groups);
}
