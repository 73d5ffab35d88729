import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "../store/chat.ts";
import { canReact, mayEdit, mayThread, messageRights } from "../store/message_rights.ts";
import { placeKey, refKey } from "../store/place.ts";
import type { ShortcutId } from "../keys/shortcuts.ts";
import { activeTalk } from "./active_talk.ts";
import { openThread } from "./history.ts";
import { markUnreadFrom, setPinned, toggleReaction } from "./messages.ts";
import { beginSelection } from "./select_messages.ts";

/** The message that has the focus itself, not a button in it. */
export function focusedMessage(state: ChatState): Message | undefined {
  const row = document.activeElement;
  const place = activeTalk(state);
  if (!place || !(row instanceof HTMLElement) || !row.matches("article[data-row]")) {
    return undefined;
  }
  const { messages } = state.windowOf(placeKey(place)).value;
  return messages.find((message) => message.id === row.dataset["row"]);
}

/** Does what a shortcut means for a message; false where it may not be done to this one. */
export function actOnMessage(state: ChatState, id: ShortcutId): boolean {
  const message = focusedMessage(state);
  const place = activeTalk(state);
  if (!message || message.redacted || state.selection.value !== null) return false;
  const mode = state.modeOf(refKey(message));
  const own = message.author.id === state.self.value.user.id;
  const rights = messageRights(state);
  if (id === "reply") mode.value = { reply: message, edit: null };
  else if (id === "edit" && mayEdit(state, message)) mode.value = { reply: null, edit: message };
  else if (id === "pin" && rights.pin) void setPinned(state, message, !message.pinned);
  else if (id === "react" && canReact(state)) void toggleReaction(state, message, "👍");
  else if (id === "markUnread" && place) void markUnreadFrom(state, place, message);
  else if (id === "thread" && mayThread(state, message)) openThread(state, message.id);
  else if (id === "delete" && (own || rights.manage)) {
    state.overlay.value = { kind: "deleteMessage", message };
  } else if (id === "select" && (own || rights.manage)) {
    beginSelection(state, refKey(message), message);
  } else return false;
  return true;
}
