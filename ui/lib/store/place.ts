import type { Channel } from "../../../core/api/channel.ts";
import type { Dm, Snapshot } from "../../../core/api/gateway.ts";
import type { Guild } from "../../../core/api/guild.ts";
import {
  channelNamed,
  channelPath,
  dmPath,
  guildPath,
  messageIdOf,
  messagePath,
  roomIdOf,
  THREAD_PIECE,
  threadPath,
} from "../format/paths.ts";

/** The thread that is open beside a channel; `focus`: the message in it a permalink names. */
export interface OpenThread {
  readonly id: string;
  readonly focus: string | null;
}

/**
 * Where in the app someone is. `focus`: the message a permalink names. `thread` is open beside the
 * timeline; with `root` the place is itself the timeline of the thread under that message.
 */
export type Place =
  | { readonly kind: "home" }
  | { readonly kind: "guild"; readonly guildId: string }
  | {
    readonly kind: "channel";
    readonly guildId: string;
    readonly roomId: string;
    readonly channelId: string;
    readonly focus: string | null;
    readonly thread?: OpenThread;
    readonly root?: string;
  }
  | {
    readonly kind: "dm";
    readonly roomId: string;
    readonly channelId: string;
    readonly focus: string | null;
    readonly thread?: OpenThread;
    readonly root?: string;
  };

/** A place with messages. */
export type TalkPlace = Extract<Place, { kind: "channel" | "dm" }>;

export type Known = Pick<Snapshot, "guilds" | "dms">;

export function isTalk(place: Place): place is TalkPlace {
  return place.kind === "channel" || place.kind === "dm";
}

export function placeKey(ref: { roomId: string; channelId: string; root?: string }): string {
  return talkKey(ref.roomId, ref.channelId, ref.root);
}

export function refKey(
  ref: { room_id: string; channel_id: string; thread_id?: string | undefined },
): string {
  return talkKey(ref.room_id, ref.channel_id, ref.thread_id);
}

function talkKey(roomId: string, channelId: string, threadId: string | undefined): string {
  return `${roomId}/${channelId}${threadId === undefined ? "" : `/${threadId}`}`;
}

/** What `placeKey` and `refKey` made, as the API asks for it. */
export function refOfKey(
  key: string,
): { room_id: string; channel_id: string; thread_id?: string } {
  const [room_id = "", channel_id = "", thread_id] = key.split("/");
  return { room_id, channel_id, ...(thread_id === undefined ? {} : { thread_id }) };
}

/** The timeline of the thread that is open beside a place; undefined where none is. */
export function threadPlace(place: Place): TalkPlace | undefined {
  if (!isTalk(place) || place.thread === undefined) return undefined;
  const { thread, ...channel } = place;
  return { ...channel, root: thread.id, focus: thread.focus };
}

/** The same place without a thread beside it. */
export function withoutThread<Talk extends TalkPlace>(place: Talk): Talk {
  const { thread: _thread, ...channel } = place;
  return channel as Talk;
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

/** The address of a place with what is open beside it and the message it is about. */
export function addressOf(known: Known, place: Place): string {
  const path = pathOf(known, place);
  if (!isTalk(place)) return path;
  if (place.thread === undefined) {
    return place.focus === null ? path : messagePath(path, place.focus);
  }
  const beside = threadPath(path, place.thread.id);
  return place.thread.focus === null ? beside : messagePath(beside, place.thread.focus);
}

/**
 * The place that a path of this app names, whether there is one or not; undefined where it names
 * none.
 */
export function placeNamed(pathname: string): Place | undefined {
  try {
    return placeIn(pathname.split("/").filter((part) => part !== "").map(decodeURIComponent));
  } catch {
    // Not every path can be decoded.
    return undefined;
  }
}

function placeIn([kind, first, second, ...rest]: readonly string[]): Place | undefined {
  if (kind === "home" && first === undefined) return { kind: "home" };
  if (first === undefined) return undefined;
  const room = roomIdOf(first);
  if (kind === "dm") {
    const focus = second === undefined ? null : messageIdOf(second);
    return { kind: "dm", roomId: room, channelId: "main", focus };
  }
  if (kind !== "g" || second === "settings") return undefined;
  return second === undefined
    ? { kind: "guild", guildId: room }
    : within({ kind: "channel", guildId: room, ...channelNamed(room, second), focus: null }, rest);
}

/** The place behind a path of this app; undefined where it is none, or not the visitor's. */
export function parsePlace(known: Known, pathname: string): Place | undefined {
  const place = placeNamed(pathname);
  switch (place?.kind) {
    case "guild": {
      const guild = guildOf(known, place);
      return guild && placeOfGuild(guild);
    }
    case "channel": {
      const channel = channelOf(known, place);
      return channel && channel.kind !== "category" ? place : undefined;
    }
    case "dm":
      return dmOf(known, place) && place;
    default:
      return place;
  }
}

/** What a guild, private channel or conversation opens with, by its room; undefined: not in it. */
export function placeOfRoom({ guilds, dms }: Known, roomId: string): Place | undefined {
  if (dms.some((dm) => dm.room_id === roomId)) {
    return { kind: "dm", roomId, channelId: "main", focus: null };
  }
  const guild = guilds.find((each) => each.id === roomId);
  if (guild) return placeOfGuild(guild);
  for (const each of guilds) {
    const channel = each.channels.find(({ room_id }) => room_id === roomId);
    if (channel) return placeOfChannel(each, channel);
  }
  return undefined;
}

/** The channel it opens with, itself where it has none. */
export function placeOfGuild(guild: Guild): Place {
  const channel = firstChannel(guild);
  return channel ? placeOfChannel(guild, channel) : { kind: "guild", guildId: guild.id };
}

/** A message or thread of a place, by the rest of a path. */
function within(place: TalkPlace, [first, second, third]: readonly string[]): TalkPlace {
  if (first === undefined) return place;
  if (first !== THREAD_PIECE || second === undefined) {
    return { ...place, focus: messageIdOf(first) };
  }
  const focus = third === undefined ? null : messageIdOf(third);
  return { ...place, thread: { id: messageIdOf(second), focus } };
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
