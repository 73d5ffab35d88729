import type { Signal } from "@preact/signals";
import {
  channelOf,
  dmOf,
  type Known,
  placeKey,
  refKey,
  refOfKey,
  type TalkPlace,
} from "./place.ts";
import type { ChannelWindow } from "./window.ts";

/** Timelines that stay in the page beside the open one, hidden. */
export const KEPT_TIMELINES = 3;
/** Messages in all of them: some 1,400 elements, and more where they hold much. */
export const KEPT_ROWS = 200;

/** Whether what is said at a place is still there for the viewer. */
export function isKnown(known: Known, place: TalkPlace): boolean {
  return (channelOf(known, place) ?? dmOf(known, place)) !== undefined;
}

/**
 * Which timelines are in the page when `open` is: those of `held` that were open last. Their order
 * stays, as an element that is moved is laid out anew and loses where it was scrolled to.
 * `windows`: by key, the one opened last at the end; a timeline goes with its window, and with the
 * access to its channel or conversation.
 */
export function keepTimelines(
  held: readonly TalkPlace[],
  open: TalkPlace,
  { windows, known }: {
    readonly windows: ReadonlyMap<string, Signal<ChannelWindow>>;
    readonly known: Known;
  },
): TalkPlace[] {
  const places = new Map(held.map((place) => [placeKey(place), place])).set(placeKey(open), open);
  const kept = new Set([open]);
  let rows = 0;
  for (const [key, window] of [...windows].reverse()) {
    const place = places.get(key);
    if (!place || place === open || !isKnown(known, place)) continue;
    rows += window.peek().messages.length;
    if (kept.size > KEPT_TIMELINES || rows > KEPT_ROWS) break;
    kept.add(place);
  }
  return [...places.values()].filter((place) => kept.has(place));
}

/**
 * What was said in a channel or conversation that is taken away is kept no longer, its threads
 * included; what was never sent there stays until it is given up, and the open place stays as it
 * is.
 */
export function dropGone(
  windows: Map<string, Signal<ChannelWindow>>,
  { guilds, dms }: Known,
  open: TalkPlace,
): void {
  const channels = new Set(
    guilds.flatMap((guild) =>
      guild.channels.map(({ room_id, id }) => refKey({ room_id, channel_id: id }))
    ),
  );
  const conversations = new Set(dms.map((dm) => dm.room_id));
  const shown = placeKey({ roomId: open.roomId, channelId: open.channelId });
  for (const [key, window] of windows) {
    const { room_id, channel_id } = refOfKey(key);
    const channel = refKey({ room_id, channel_id });
    if (channel === shown || channels.has(channel) || conversations.has(room_id)) continue;
    if (window.peek().pending.length === 0) windows.delete(key);
  }
}
