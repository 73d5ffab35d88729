import { effect } from "@preact/signals";
import type { ChatState } from "../store/chat.ts";
import { privacyOf } from "./privacy.ts";

/** The page works first: encryption that nobody waits for comes after it. */
const IDLE_MS = 4000;

/**
 * Fetches what encrypts when it is needed: at once where a conversation is encrypted, and a little
 * later where there is any, so that others find a device here. Returns the end of it.
 */
export function startPrivacy(state: ChatState): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () =>
    void privacyOf(state).then((privacy) => privacy.becomeDevice()).catch(() => undefined);
  const stop = effect(() => {
    const encrypted = state.dms.value.some((dm) => dm.encrypted) ||
      state.guilds.value.some((guild) => guild.channels.some((channel) => channel.encrypted));
    if (encrypted) begin();
    else if (state.dms.value.length > 0) timer ??= setTimeout(begin, IDLE_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
