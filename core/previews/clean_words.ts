/** Controls, and what turns the direction of text or is not seen: a stranger's words have none. */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/gu;
/** Marks that stack upon one letter, beyond what any language needs. */
const STACKED = /(\p{M}{4})\p{M}+/gu;

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * A stranger's words as one line of at most `maxChars` UTF-16 units, cut between what people see as
 * characters, with an ellipsis; undefined where nothing is left.
 */
export function cleanWords(text: string | undefined, maxChars: number): string | undefined {
  if (text === undefined) return undefined;
  // Some room for what goes away; the rest of a megabyte is not looked at.
  const line = text.slice(0, maxChars * 4)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(UNSEEN, "")
    .normalize("NFC")
    .replace(STACKED, "$1")
    .trim();
  if (line === "") return undefined;
  return line.length <= maxChars ? line : cut(line, maxChars);
}

function cut(line: string, maxChars: number): string {
  let end = 0;
  for (const { segment, index } of segmenter.segment(line)) {
    if (index + segment.length > maxChars - 1) break;
    end = index + segment.length;
  }
  return `${line.slice(0, end).trimEnd()}…`;
}
