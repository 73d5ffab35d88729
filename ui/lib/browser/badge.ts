import type { ChatState } from "../store/chat.ts";
import { allShown } from "../store/attention.ts";

/** The number on the icon of the installed app: mentions that wait, calls that ring or were missed. */
export function showBadge(state: ChatState): void {
  const count = allShown(state).mentions + state.voice.missed.value.length +
    state.voice.rings.value.length;
  // Refused where the app is not installed; there is nothing to show then.
  const done = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  done?.catch(() => undefined);
}
