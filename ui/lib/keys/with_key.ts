import type { ChatState } from "../store/chat.ts";
import { keysOf } from "./bindings.ts";
import { showCombo } from "./combo.ts";
import { type ShortcutId, SHORTCUTS } from "./shortcuts.ts";

/** A name with the key that does the same, as it was chosen. */
export function withKey(state: ChatState, name: string, id: ShortcutId): string {
  const shortcut = SHORTCUTS.find((each) => each.id === id);
  const [key] = shortcut ? keysOf(state.keys.value, shortcut, false) : [];
  return key === undefined ? name : `${name} (${showCombo(key, false).join(" ")})`;
}
