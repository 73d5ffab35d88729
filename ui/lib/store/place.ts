import type { Channel } from "../../../core/api/channel.ts";
import type { Dm, Snapshot } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import {
  channelPath,
  channelSlug,
  dmPath,
  guildPath,
  messageIdOf,
  roomIdOf,
} from "../format/paths.ts";

/** Where in the app someone is. `focus`: the message a permalink names. */
export type Place =
  | { readonly kind: "home" }
  | { readonly kind: "guild"; readonly guildId: string }
  | {
    readonly kind: "channel";
    readonly guildId: string;
    readonly roomId: string;
    readonly channelId: string;
    readonly focus: string | null;
  }
  | {
    readonly kind: "dm";
    readonly roomId: string;
    readonly channelId: string;
    readonly focus: string | null;
  };

/** A place with messages. */
export type TalkPlace = Extract<Place, { kind: "channel" | "dm" }>;

export type Known = Pick<Snapshot, "guilds" | "dms">;

export function isTalk(place: Place): place is TalkPlace {
  return place.kind === "channel" || place.kind === "dm";
}

export function placeKey(ref: { roomId: string; channelId: string }): string {
  return `${ref.roomId}/${ref.channelId}`;
}

export function refKey(ref: { room_id: string; channel_id: string }): string {
  return `${ref.room_id}/${ref.channel_id}`;
}

export function guildOf(known: Known, place: Place): Guild | undefined {
  if (place.kind !== "guild" && place.kind !== "channel") return undefined;
  return known.guilds.find((guild) => guild.id === place.guildId);
}

export function channelOf(known: Known, place: Place): Channel | undefined {
  if (place.kind !== "channel") return undefined;
  return guildOf(known, place)?.channels.find((channel) =>
    channel.room_id === place.roomId && channel.id === place.channelId
  );
}

export function dmOf(known: Known, place: Place): Dm | undefined {
  return place.kind === "dm" ? known.dms.find((dm) => dm.room_id === place.roomId) : undefined;
}

/** The channel a guild opens with: the first one with text. */
export function firstChannel(guild: Guild): Channel | undefined {
  return [...guild.channels].sort((a, b) => a.order - b.order)
    .find((channel) => channel.kind === "text" && !channel.archived);
}

export function pathOf(known: Known, place: Place): string {
  if (place.kind === "home") return "/home";
  if (place.kind === "guild") return guildPath(place.guildId);
  if (place.kind === "dm") return dmPath(place.roomId);
  const channel = channelOf(known, place);
  return channel
    ? channelPath(place.guildId, channel)
    : guildPath(place.guildId, place.channelId === "main" ? place.roomId : place.channelId);
}

/** The place behind a path of this app; undefined where it is none, or not the visitor's. */
export function parsePlace(known: Known, pathname: string): Place | undefined {
  const parts = pathname.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const [kind, first, second, third] = parts;
  if (kind === "home" && first === undefined) return { kind: "home" };
  if (kind === "dm" && first !== undefined) {
    const dm = known.dms.find((entry) => entry.room_id === roomIdOf(first));
    if (!dm) return undefined;
    const focus = second === undefined ? null : messageIdOf(second);
    return { kind: "dm", roomId: dm.room_id, channelId: "main", focus };
  }
  if (kind !== "g" || first === undefined || second === "settings") return undefined;
  const guild = known.guilds.find((entry) => entry.id === roomIdOf(first));
  if (!guild) return undefined;
  if (second === undefined) {
    const channel = firstChannel(guild);
    return channel ? placeOfChannel(guild, channel) : { kind: "guild", guildId: guild.id };
  }
  const channel = guild.channels.find((entry) => channelSlug(entry) === second);
  if (!channel || channel.kind === "category") return undefined;
  return {
    ...placeOfChannel(guild, channel),
    focus: third === undefined ? null : messageIdOf(third),
  };
}

export function placeOfChannel(
  guild: Guild,
  channel: Channel,
): Extract<Place, { kind: "channel" }> {
  return {
    kind: "channel",
    guildId: guild.id,
    roomId: channel.room_id,
    channelId: channel.id,
    focus: null,
  };
}
