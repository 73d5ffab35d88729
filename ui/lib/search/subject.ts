import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { ChatState } from "../store/chat.ts";
import { channelOf, dmOf, guildOf, placeOfChannel, type TalkPlace } from "../store/place.ts";
import type { SearchHit } from "./hits.ts";

/** The open channel alone, or all of its guild. */
export type SearchScope = "here" | "all";

export interface DeviceRoom {
  readonly roomId: string;
  readonly channelId: string;
  /** Of the channel; empty in a conversation. */
  readonly name: string;
}

/** Where a question is asked. */
export interface Subject {
  /** Changes with everything below. */
  readonly key: string;
  /** Guild or conversation: what was typed stays while that stays. */
  readonly owner: string;
  readonly guild: Guild | undefined;
  readonly channel: Channel | undefined;
  /** Asked of the server; undefined: it can read nothing of it. */
  readonly server: { readonly roomId: string; readonly channel: string | undefined } | undefined;
  /** Encrypted rooms, which this device alone can search. */
  readonly device: readonly DeviceRoom[];
  /** Encrypted rooms beyond those. */
  readonly left: number;
}

/** Encrypted rooms looked through for one question. */
const DEVICE_ROOMS_MAX = 10;

/** What a search of the open place looks through; undefined where nothing is open. */
export function subjectOf(state: ChatState, scope: SearchScope): Subject | undefined {
  const place = state.place.value;
  const dm = dmOf(state.known, place);
  if (dm) {
    const room = { roomId: dm.room_id, channelId: "main", name: "" };
    return {
      key: `${dm.room_id} ${dm.encrypted}`,
      owner: dm.room_id,
      guild: undefined,
      channel: undefined,
      server: dm.encrypted ? undefined : { roomId: dm.room_id, channel: undefined },
      device: dm.encrypted ? [room] : [],
      left: 0,
    };
  }
  const guild = guildOf(state.known, place);
  if (!guild) return undefined;
  const open = channelOf(state.known, place);
  const channel = scope === "here" ? open : undefined;
  const sealed = (channel ? [channel] : guild.channels).filter((each) => each.encrypted)
    .map((each) => ({ roomId: each.room_id, channelId: each.id, name: each.name }));
  const device = sealed.slice(0, DEVICE_ROOMS_MAX);
  const alone = channel?.encrypted === true;
  return {
    key: [guild.id, channel?.room_id, channel?.id, ...device.map((each) => each.roomId)].join(" "),
    owner: guild.id,
    guild,
    channel,
    server: alone ? undefined : {
      roomId: guild.id,
      channel: channel && (channel.private ? channel.room_id : channel.id),
    },
    device,
    left: sealed.length - device.length,
  };
}

/** The channel of a guild in which something was found. */
export function channelOfHit(guild: Guild | undefined, hit: SearchHit): Channel | undefined {
  return guild?.channels.find((each) => each.room_id === hit.roomId && each.id === hit.channelId);
}

/** Where a message that was found stands; undefined: one may not go there any more. */
export function placeOfHit({ guild }: Subject, hit: SearchHit): TalkPlace | undefined {
  if (!guild) return { kind: "dm", roomId: hit.roomId, channelId: "main", focus: hit.id };
  const channel = channelOfHit(guild, hit);
  return channel && { ...placeOfChannel(guild, channel), focus: hit.id };
}
