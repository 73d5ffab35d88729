import { foreignServer, handleOf, localPart } from "../format/names.ts";
import type { ChatState } from "../store/chat.ts";

/** The box that is meant where a name stands: that of the thread there, else that of the place. */
function boxFor(from: HTMLElement): HTMLTextAreaElement | null {
  const around = from.closest(".thread-panel") ?? document.querySelector("#main");
  return around?.querySelector<HTMLTextAreaElement>(".composer textarea") ?? null;
}

/** What mentions somebody in a text: the short name of those of this server. */
export function mentionOf(state: ChatState, userId: string): string {
  return foreignServer(userId, state.server.name) === undefined
    ? `@${localPart(userId)}`
    : handleOf(userId);
}

/** Whether there is a box that a mention could be written into. */
export function mayMention(from: HTMLElement): boolean {
  const box = boxFor(from);
  return box !== null && !box.disabled;
}

/** Writes a mention where the caret stands in the box, which gets the focus. */
export function mentionPerson(state: ChatState, userId: string, from: HTMLElement): void {
  const box = boxFor(from);
  if (!box) return;
  // On a phone the list lies over it.
  if (state.panel.value === "members") state.panel.value = "main";
  box.focus();
  const before = box.value.slice(0, box.selectionStart);
  const gap = before === "" || /\s$/.test(before) ? "" : " ";
  // The only way to write into a box that the browser's own undo takes back.
  document.execCommand("insertText", false, `${gap}${mentionOf(state, userId)} `);
}
