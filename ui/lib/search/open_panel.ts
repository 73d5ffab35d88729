import { openThread } from "../browser/history.ts";
import { threadPlace } from "../store/place.ts";
import type { ChatState } from "../store/chat.ts";
import type { SearchScope } from "./subject.ts";

/** Where panels lie over the timeline; as in app.css. */
const NARROW = "(max-width: 63.99rem)";
const BOX = ".search-box input";

export function isSearchOpen({ finding, panel }: ChatState): boolean {
  if (finding.value === null) return false;
  return matchMedia(NARROW).matches ? panel.value === "search" : true;
}

/** Opens the search beside the timeline, or on a phone over it; open, its box gets the focus. */
export function openSearchPanel(state: ChatState, scope: SearchScope): void {
  // It stands where a thread does.
  const wide = !matchMedia(NARROW).matches;
  if (wide && threadPlace(state.place.value)) openThread(state, null);
  state.finding.value = scope;
  if (matchMedia(NARROW).matches) state.panel.value = "search";
  const box = document.querySelector<HTMLInputElement>(BOX);
  box?.focus();
  box?.select();
}

export function closeSearchPanel(state: ChatState): void {
  const inside = document.activeElement?.closest(".search-panel");
  state.finding.value = null;
  if (state.panel.value === "search") state.panel.value = "main";
  if (inside) document.querySelector<HTMLElement>(".search-button")?.focus();
}
