import type { ChatState } from "../store/chat.ts";

/** Who has been a member for longer is no newcomer, on whichever device. */
const NEW_MS = 86_400_000;
const KEY = "og:welcomed";
/** Guilds whose welcome this browser remembers to have shown; the oldest go first. */
const REMEMBERED = 200;

/** Guild, and when its welcome was shown (ms). */
type Shown = readonly [string, number];

/** Shows a newcomer the welcome of the guild at hand, once in this browser. */
export function greet(state: ChatState, guildId: string): void {
  const guild = state.guilds.value.find((entry) => entry.id === guildId);
  if (!guild?.welcome || state.overlay.value !== null) return;
  const { user, joined_ts: joinedTs } = guild.me;
  if (guild.owner === user.id || Date.now() - joinedTs > NEW_MS) return;
  const held = readShown();
  // Who has left and come back since is new again.
  if (held.some(([id, shownTs]) => id === guildId && shownTs >= joinedTs)) return;
  const others = held.filter(([id]) => id !== guildId);
  if (!keep([...others, [guildId, Date.now()] as const].slice(-REMEMBERED))) return;
  state.overlay.value = { kind: "welcome", guildId };
}

/** Where nothing can be remembered nothing is shown: it would be shown each time. */
function keep(shown: readonly Shown[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(shown));
    return true;
  } catch {
    return false;
  }
}

function readShown(): Shown[] {
  try {
    const held: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(held) ? held.filter(isShown) : [];
  } catch {
    return [];
  }
}

function isShown(entry: unknown): entry is Shown {
  return Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
}
