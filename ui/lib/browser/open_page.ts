import type { ChatState } from "../store/chat.ts";

/** Goes to another page of this server; during a call in a tab of its own, so that it goes on. */
export function openPage(url: string, { voice }: ChatState): void {
  if (voice.call.peek()) open(url, "_blank", "noopener");
  else location.assign(url);
}
