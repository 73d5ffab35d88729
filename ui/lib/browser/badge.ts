import type { ChatState } from "../store/chat.ts";
import { allShown } from "../store/attention.ts";

let shown = 0;

/** The number on the icon of the installed app: mentions that wait, calls that ring or were missed. */
export function showBadge(state: ChatState): void {
  const waiting = allShown(state).mentions + state.voice.missed.value.length +
    state.voice.rings.value.length;
  // While nothing is told it does not rise.
  const count = state.quietEnd.value === null ? waiting : Math.min(waiting, shown);
  shown = count;
  // Refused where the app is not installed; there is nothing to show then.
  const done = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  done?.catch(() => undefined);
}
