import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";

const SHOWN_MS = 6000;

/** A short word at the edge of the screen; errors stay until closed. Returns its id. */
export function showToast(state: ChatState, text: string, error = false): number {
  const id = Date.now() + Math.random();
  state.toasts.value = [...state.toasts.value.slice(-2), { id, text, error }];
  if (!error) setTimeout(() => closeToast(state, id), SHOWN_MS);
  return id;
}

/** What could not be done for want of a server: no news once it answers again. */
export function closeOfflineToasts(state: ChatState): void {
  const words = t("refused.offline");
  if (!state.toasts.value.some(({ text }) => text === words)) return;
  state.toasts.value = state.toasts.value.filter(({ text }) => text !== words);
}

export function closeToast(state: ChatState, id: number): void {
  state.toasts.value = state.toasts.value.filter((toast) => toast.id !== id);
}
