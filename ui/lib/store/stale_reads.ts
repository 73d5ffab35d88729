import type { ReadState } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { ChatState } from "./chat.ts";
import { refKey } from "./place.ts";

/** Channels whose unread count has to be asked for anew: a frame changed it in a way unknown. */
export function markStale(state: ChatState, keys: readonly string[]): void {
  if (keys.length === 0) return;
  state.staleReads.value = new Set([...state.staleReads.value, ...keys]);
}

/** What the server says of a channel; it is not stale then. */
export function takeRead(state: ChatState, read: ReadState): void {
  const key = refKey(read);
  state.reads.value = new Map(state.reads.value).set(key, read);
  if (!state.staleReads.value.has(key)) return;
  const stale = new Set(state.staleReads.value);
  stale.delete(key);
  state.staleReads.value = stale;
}

/** Channels that came into sight: how far they were read, and what is new, was not told. */
export function markSeen(state: ChatState, guild: Guild): void {
  markStale(
    state,
    guild.channels
      .filter((channel) => channel.kind !== "category")
      .map((channel) => refKey({ room_id: channel.room_id, channel_id: channel.id }))
      .filter((key) => !state.reads.value.has(key)),
  );
}

/** One's roles decide which pings count: where something is unread, the mentions may change. */
export function markPinged(state: ChatState, guild: Guild): void {
  markStale(
    state,
    guild.channels
      .map((channel) => refKey({ room_id: channel.room_id, channel_id: channel.id }))
      .filter((key) => (state.reads.value.get(key)?.unread ?? 0) > 0),
  );
}
