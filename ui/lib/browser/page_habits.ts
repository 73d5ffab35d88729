import { effect } from "@preact/signals";
import type { ChatState } from "../store/chat.ts";
import { showBadge } from "./badge.ts";
import { keepAboveKeyboard } from "./keyboard_space.ts";
import { noteVisit } from "./recent_places.ts";
import { bindSwipes } from "./swipes.ts";

/** What a page does beside showing the chat, and may begin a moment later. Returns what ends it. */
export function startHabits(state: ChatState): () => void {
  const endings = [
    bindSwipes(state),
    keepAboveKeyboard(),
    effect(() => noteVisit(state)),
    effect(() => showBadge(state)),
  ];
  return () => {
    for (const end of endings) end();
  };
}
