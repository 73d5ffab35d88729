import type { ChatState } from "../store/chat.ts";
import { guildOf } from "../store/place.ts";
import { loadEmoji } from "./emoji_data.ts";
import { emojiOfCode, findShortcode } from "./shortcodes.ts";

/** Puts the emoji in the place of a shortcode whose last colon was typed just now. */
export async function replaceShortcode(
  state: ChatState,
  box: HTMLTextAreaElement,
  setText: (text: string) => void,
): Promise<void> {
  const found = findShortcode(box.value, box.selectionStart);
  if (!found) return;
  const typed = box.value.slice(found.start, box.selectionStart);
  // Without emoji it stays as it was typed.
  const emoji = await emojiFor(state, found.code).catch(() => undefined);
  if (emoji === undefined) return;
  // Typing goes on while emoji are fetched, and codes before this one become shorter.
  const start = box.value.lastIndexOf(typed, found.start);
  const end = start + typed.length;
  if (start < 0 || findShortcode(box.value, end) === undefined) return;
  const caret = box.selectionStart;
  const next = box.value.slice(0, start) + emoji + box.value.slice(end);
  const moved = caret < end ? caret : caret - typed.length + emoji.length;
  box.value = next;
  box.setSelectionRange(moved, moved);
  setText(next);
}

/** The emoji that a whole shortcode stands for; a guild's own are pictures and stay as they are. */
async function emojiFor(state: ChatState, code: string): Promise<string | undefined> {
  const guild = guildOf(state.known, state.place.value);
  if (guild?.emoji.some(({ name }) => name.toLowerCase() === code)) return undefined;
  return emojiOfCode(await loadEmoji(state.props.emojiUrl), code);
}
