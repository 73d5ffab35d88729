import type { ChatState } from "../store/chat.ts";
import { placeKey, type TalkPlace } from "../store/place.ts";
import { loadSpan } from "./history.ts";
import { markRead } from "./messages.ts";

/** Goes to the newest message, which counts as having read all before it. */
export function goToPresent(state: ChatState, place: TalkPlace): void {
  const key = placeKey(place);
  state.anchors.set(key, "present");
  if (state.windowOf(key).value.hasAfter) void loadSpan(state, place, {});
  document.querySelector(".timeline:not([inert]) > .timeline-scroll")?.scrollTo({ top: 0 });
  markRead(state, place);
}

/** Goes to where reading stopped, as far back as that may be. */
export async function goToOldestUnread(state: ChatState, place: TalkPlace): Promise<void> {
  const key = placeKey(place);
  const lastRead = state.newAfter.value.get(key);
  if (lastRead === undefined) return goToPresent(state, place);
  if (showNewLine()) return;
  if (lastRead === null) return;
  await loadSpan(state, place, { around: lastRead });
  requestAnimationFrame(() => showNewLine());
}

/** Brings the line of what is new into sight and the focus to the message under it. */
function showNewLine(): boolean {
  const line = document.querySelector<HTMLElement>('.timeline:not([inert]) [data-row="new"]');
  if (!line) return false;
  line.scrollIntoView({ block: "center" });
  const next = line.nextElementSibling;
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  return true;
}
