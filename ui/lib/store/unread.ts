import type { Channel, ReadState } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { refKey } from "./place.ts";

export interface Unread {
  readonly unread: number;
  readonly mentions: number;
}

const NONE: Unread = { unread: 0, mentions: 0 };

export function unreadOf(
  reads: ReadonlyMap<string, ReadState>,
  ref: { room_id: string; channel_id: string },
): Unread {
  return reads.get(refKey(ref)) ?? NONE;
}

export function channelUnread(
  reads: ReadonlyMap<string, ReadState>,
  channel: Pick<Channel, "room_id" | "id">,
): Unread {
  return unreadOf(reads, { room_id: channel.room_id, channel_id: channel.id });
}

/** Mentions that wait anywhere. */
export function mentionsIn(reads: ReadonlyMap<string, ReadState>): number {
  let mentions = 0;
  for (const read of reads.values()) mentions += read.mentions;
  return mentions;
}

/** What waits in a whole guild. */
export function guildUnread(reads: ReadonlyMap<string, ReadState>, guild: Guild): Unread {
  return sumUnread(reads, guild.channels);
}

export function sumUnread(
  reads: ReadonlyMap<string, ReadState>,
  channels: readonly Channel[],
): Unread {
  let unread = 0;
  let mentions = 0;
  for (const channel of channels) {
    const own = channelUnread(reads, channel);
    unread += own.unread;
    mentions += own.mentions;
  }
  return { unread, mentions };
}
