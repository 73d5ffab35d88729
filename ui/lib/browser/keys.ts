import type { Channel } from "../../../core/api/channel.ts";
import type { ChatState } from "../store/chat.ts";
import { groupChannels } from "../store/channel_tree.ts";
import { guildOf, placeOfChannel } from "../store/place.ts";
import { channelUnread } from "../store/unread.ts";
import { openPlace } from "./history.ts";
import { endSelection } from "./select_messages.ts";

/** Shortcuts of the whole app. Returns what unbinds them. */
export function bindKeys(state: ChatState): () => void {
  const onKey = (event: KeyboardEvent) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "k" && !event.shiftKey) {
      event.preventDefault();
      const open = state.overlay.value?.kind === "switcher";
      state.overlay.value = open ? null : { kind: "switcher" };
    } else if (control && event.key === "/") {
      event.preventDefault();
      state.overlay.value = { kind: "keys" };
    } else if (event.altKey && !control && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      stepChannel(state, event.key === "ArrowUp" ? -1 : 1, event.shiftKey);
    } else if (event.key === "Escape" && state.selection.value !== null && !state.overlay.value) {
      endSelection(state);
    } else if (event.key === "Escape" && state.panel.value !== "main") {
      state.panel.value = "main";
    }
  };
  addEventListener("keydown", onKey);
  return () => removeEventListener("keydown", onKey);
}

function stepChannel(state: ChatState, step: 1 | -1, unreadOnly: boolean): void {
  const place = state.place.value;
  const guild = guildOf(state.known, place);
  if (!guild || place.kind !== "channel") return;
  const channels: Channel[] = groupChannels(guild).flatMap((group) => [...group.channels])
    .filter((channel) => channel.kind === "text");
  const at = channels.findIndex((channel) =>
    channel.room_id === place.roomId && channel.id === place.channelId
  );
  for (let i = 1; i <= channels.length; i++) {
    const next = channels[(at + step * i + channels.length * i) % channels.length];
    if (!next) return;
    if (unreadOnly && channelUnread(state.reads.value, next).unread === 0) continue;
    openPlace(state, placeOfChannel(guild, next));
    return;
  }
}
