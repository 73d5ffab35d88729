/**
 * How text is taken apart for search, by the index and by questions alike: lower case, without
 * accents of Latin, Greek and Cyrillic letters, in words of letters and digits. In scripts that
 * put no space between words, and of emoji, every sign is a word of its own.
 */

/** Words of one message that are indexed: more than the longest body that people can write. */
export const INDEXED_WORDS_MAX = 5000;
/** Longer words are found by their beginning, in UTF-16 units. */
export const WORD_CHARS_MAX = 60;

const ACCENTS = /[\u0300-\u036f]/g;
const SIGN =
  "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Extended_Pictographic}]";
const WORD = new RegExp(
  `(?:(?!\\d)${SIGN})\\p{M}*|(?:(?!(?!\\d)${SIGN})[\\p{L}\\p{N}_])+(?:\\p{M}|(?!(?!\\d)${SIGN})[\\p{L}\\p{N}_])*`,
  "gu",
);

/** The words of a text in their order, at most `max`. */
export function wordsOf(text: string, max = INDEXED_WORDS_MAX): string[] {
  const words: string[] = [];
  for (const [word] of plain(text).matchAll(WORD)) {
    words.push(word.slice(0, WORD_CHARS_MAX).toWellFormed());
    if (words.length >= max) break;
  }
  return words;
}

/** Where the words of a text stand in it, each as the index has it. */
export function wordSpans(text: string): { word: string; start: number; end: number }[] {
  return [...text.matchAll(WORD)].flatMap(({ 0: raw, index: start }) =>
    wordsOf(raw).slice(0, 1).map((word) => ({ word, start, end: start + raw.length }))
  );
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(ACCENTS, "").normalize("NFC").toLowerCase();
}
