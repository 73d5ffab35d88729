import type { ChatState } from "../store/chat.ts";

const SHOWN_MS = 6000;

/** A short word at the edge of the screen; errors stay until closed. Returns its id. */
export function showToast(state: ChatState, text: string, error = false): number {
  const id = Date.now() + Math.random();
  state.toasts.value = [...state.toasts.value.slice(-2), { id, text, error }];
  if (!error) setTimeout(() => closeToast(state, id), SHOWN_MS);
  return id;
}

export function closeToast(state: ChatState, id: number): void {
  state.toasts.value = state.toasts.value.filter((toast) => toast.id !== id);
}
