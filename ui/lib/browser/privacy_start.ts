import { effect, signal } from "@preact/signals";
import type { ChatState } from "../store/chat.ts";
import { privacyOf } from "./privacy.ts";
import { untilDone } from "./until_done.ts";

/** The page works first: encryption that nobody waits for comes after it. */
const IDLE_MS = 4000;

/**
 * Fetches what encrypts when it is needed: at once where a conversation is encrypted, and once the
 * page has been there for a moment where somebody may soon be written to, so that the first message
 * finds devices on both sides. Returns the end of it.
 */
export function startPrivacy(state: ChatState): () => void {
  const idle = signal(false);
  const ending = new AbortController();
  const timer = setTimeout(() => idle.value = true, IDLE_MS);
  let trying = false;
  const begin = async () => {
    if (trying) return;
    trying = true;
    await untilDone(async () => await (await privacyOf(state)).becomeDevice(), {
      signal: ending.signal,
      isFinal: (error) => (error as Error | undefined)?.name === "CannotEncrypt",
    });
    trying = false;
  };
  const stop = effect(() => {
    const encrypted = state.dms.value.some((dm) => dm.encrypted) ||
      state.guilds.value.some((guild) => guild.channels.some((channel) => channel.encrypted));
    const soon = state.dms.value.length > 0 || state.relationships.value.size > 0;
    if (encrypted || (soon && idle.value)) void begin();
  });
  return () => {
    clearTimeout(timer);
    ending.abort();
    stop();
  };
}
