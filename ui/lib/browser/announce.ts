import { t } from "../i18n/t.ts";
import { Announcer } from "../store/announcements.ts";
import type { ChatState } from "../store/chat.ts";

const STORE_KEY = "og-announce";

/** Lets screen readers hear what arrives, unless this browser was told not to. */
export function startAnnouncing(state: ChatState): void {
  const announcer = new Announcer({
    now: () => Date.now(),
    after: (ms, act) => void setTimeout(act, ms),
    summary: (count) => t("log.many", { n: count }),
    say: (text) => state.announcement.value = { n: state.announcement.value.n + 1, text },
  });
  announcer.on = readOn();
  state.announcer = announcer;
}

function readOn(): boolean {
  try {
    return localStorage.getItem(STORE_KEY) !== "off";
  } catch {
    return true;
  }
}

/** Turns it on or off for this browser, and answers what holds now. */
export function toggleAnnouncing(state: ChatState): boolean {
  const on = !(state.announcer?.on ?? true);
  if (state.announcer) state.announcer.on = on;
  try {
    localStorage.setItem(STORE_KEY, on ? "on" : "off");
  } catch {
    // It holds for as long as the page is open.
  }
  return on;
}
