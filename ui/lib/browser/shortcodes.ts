import type { EmojiRow } from "./emoji_data.ts";

export interface Shortcode {
  /** Without its colons. */
  readonly code: string;
  /** Where its first colon stands. */
  readonly start: number;
}

/**
 * The shortcode whose last colon was typed right before the caret, as in `:tada:`. What stands in
 * code is meant as it is written, and so is what follows a letter, a digit or a backslash.
 */
export function findShortcode(text: string, caret: number): Shortcode | undefined {
  const before = text.slice(0, caret);
  const match = /(?:^|[^\p{L}\p{N}:\\/`]):([a-z0-9_+-]{2,}):$/iu.exec(before);
  const code = match?.[1];
  if (code === undefined || isInCode(before)) return undefined;
  return { code: code.toLowerCase(), start: caret - code.length - 2 };
}

function isInCode(before: string): boolean {
  const isOpen = (text: string, mark: string) => text.split(mark).length % 2 === 0;
  return isOpen(before, "```") || isOpen(before.slice(before.lastIndexOf("\n") + 1), "`");
}

/** The emoji of a shortcode, by the name that is shown or by another that people know it by. */
export function emojiOfCode(rows: readonly EmojiRow[], code: string): string | undefined {
  const row = rows.find((each) => each[1] === code) ??
    rows.find(([, , , , , others = ""]) => others.split(" ").includes(code));
  return row?.[0];
}
