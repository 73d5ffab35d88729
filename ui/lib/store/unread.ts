import type { Channel, ReadState } from "../../../core/api/channel.ts";
import { refKey } from "./place.ts";

export interface Unread {
  readonly unread: number;
  readonly mentions: number;
}

const NONE: Unread = { unread: 0, mentions: 0 };

export function unreadOf(
  reads: ReadonlyMap<string, ReadState>,
  ref: { room_id: string; channel_id: string; thread_id?: string | undefined },
): Unread {
  return reads.get(refKey(ref)) ?? NONE;
}

export function channelUnread(
  reads: ReadonlyMap<string, ReadState>,
  channel: Pick<Channel, "room_id" | "id">,
): Unread {
  return unreadOf(reads, { room_id: channel.room_id, channel_id: channel.id });
}
