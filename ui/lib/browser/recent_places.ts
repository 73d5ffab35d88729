import type { ChatState } from "../store/chat.ts";
import { isTalk, pathOf } from "../store/place.ts";
import { afterFrame } from "./after_frame.ts";

const STORE_KEY = "og-recent";
const KEPT = 20;

/** Paths of the places visited last in this browser, the latest first. */
export function readRecent(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORE_KEY) ?? "[]");
    return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

/**
 * Notes where one is once that is drawn: a browser may take milliseconds for the store. Without a
 * store the list stays empty, and everything else works.
 */
export function noteVisit(state: ChatState): void {
  const place = state.place.value;
  if (!isTalk(place)) return;
  const path = pathOf(state.known, place);
  afterFrame(() => note(path));
}

function note(path: string): void {
  const held = readRecent();
  if (held[0] === path) return;
  try {
    const next = [path, ...held.filter((entry) => entry !== path)].slice(0, KEPT);
    localStorage.setItem(STORE_KEY, JSON.stringify(next));
  } catch {
    // Full or blocked.
  }
}
