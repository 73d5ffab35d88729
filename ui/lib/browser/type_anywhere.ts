import type { ChatState } from "../store/chat.ts";
import { popoverOpen } from "./popovers.ts";

/** What has the focus where nobody gave it to anything: after a press on words, or on nothing. */
const NOWHERE = "body, #main, .timeline-scroll, .thread-panel";

/**
 * Whoever begins to write, or pastes, with the focus nowhere means the box: it gets the focus
 * before the browser puts in what the key says. That of the thread where that was pressed last.
 */
export function typeAnywhere(state: ChatState, event: KeyboardEvent): void {
  const { target } = event;
  if (!writes(event) || state.overlay.value !== null || popoverOpen()) return;
  if (!(target instanceof HTMLElement) || !target.matches(NOWHERE)) return;
  const around = target.closest(".thread-panel") ?? document;
  const box = around.querySelector<HTMLElement>(".composer textarea");
  // On a phone it may be under what lies over it.
  if (box?.checkVisibility()) box.focus();
}

function writes(event: KeyboardEvent): boolean {
  const { key } = event;
  const command = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
  if (command) return key.toLowerCase() === "v" && !event.altKey && !event.shiftKey;
  // The space bar pages on.
  return [...key].length === 1 && key !== " ";
}
