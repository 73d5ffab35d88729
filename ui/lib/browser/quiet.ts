import { effect } from "@preact/signals";
import { quietEnd } from "../../../core/rules/quiet.ts";
import type { ChatState } from "../store/chat.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { showToast } from "./toast.ts";

export type QuietWish = { kind: "for"; ms: number } | { kind: "tomorrow" } | { kind: "end" };

/** Follows the clock and what was chosen, here or on another device. Returns the end of it. */
export function followQuiet(state: ChatState): () => void {
  return effect(() => {
    state.quietEnd.value = quietEnd(state.quiet.value, state.now.value);
  });
}

/** Begins being quiet by hand, or ends all of it. */
export async function beQuiet(state: ChatState, wish: QuietWish): Promise<void> {
  const body = wish.kind === "tomorrow" ? { ...wish, zone: state.timeZone.peek() } : wish;
  try {
    state.quiet.value = await callApi("setQuiet", { body });
    // Not after the next tick of the clock.
    state.now.value = Date.now();
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}
