import type { Message } from "../../../core/api/message.ts";
import { messagePath } from "../format/paths.ts";
import type { ChatState } from "./chat.ts";
import { isTalk, pathOf } from "./place.ts";

/** Opens the card of a user, with the guild one is in. */
export function showProfile(state: ChatState, userId: string) {
  const place = state.place.value;
  state.overlay.value = {
    kind: "profile",
    userId,
    guildId: place.kind === "channel" || place.kind === "guild" ? place.guildId : null,
  };
}

/** Permalink of a message: its time is the link. */
export function messageHref(state: ChatState, message: Message): string {
  const place = state.place.value;
  return messagePath(isTalk(place) ? pathOf(state.known, place) : "/home", message.id);
}
