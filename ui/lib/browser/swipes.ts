import type { ChatState } from "../store/chat.ts";

/** A finger must travel this far, mostly sideways, to move a panel. */
const SWIPE_PX = 56;
const NARROW = "(max-width: 63.99rem)";

/**
 * On a phone: swipe towards the end of a line for guilds and channels, back for members; where
 * text runs from right to left, that is mirrored. Returns what unbinds it.
 */
export function bindSwipes(state: ChatState): () => void {
  let start: { x: number; y: number } | undefined;
  const onStart = (event: TouchEvent) => {
    const touch = event.touches[0];
    const inside = (event.target as Element | null)?.closest?.(
      "pre, .md-table, dialog, input, textarea",
    );
    start = touch && event.touches.length === 1 && !inside
      ? { x: touch.clientX, y: touch.clientY }
      : undefined;
  };
  const onEnd = (event: TouchEvent) => {
    const touch = event.changedTouches[0];
    if (!start || !touch || !matchMedia(NARROW).matches) return;
    const x = (touch.clientX - start.x) * (document.dir === "rtl" ? -1 : 1);
    const y = touch.clientY - start.y;
    start = undefined;
    if (Math.abs(x) < SWIPE_PX || Math.abs(x) < Math.abs(y) * 1.6) return;
    const panel = state.panel.value;
    if (panel === "search") {
      if (x > 0) state.panel.value = "main";
    } else if (x > 0) state.panel.value = panel === "members" ? "main" : "nav";
    else if (panel === "nav") state.panel.value = "main";
    else if (state.place.value.kind === "channel") state.panel.value = "members";
  };
  addEventListener("touchstart", onStart, { passive: true });
  addEventListener("touchend", onEnd, { passive: true });
  return () => {
    removeEventListener("touchstart", onStart);
    removeEventListener("touchend", onEnd);
  };
}
