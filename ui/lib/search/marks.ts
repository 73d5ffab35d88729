import type { SearchQuery } from "../../../core/search/query.ts";
import type { Run } from "../md/runs.ts";
import { wordsOf, wordSpans } from "../../../core/search/words.ts";

/** A piece of a text; `marked`: it is what was looked for. */
export interface TextPart {
  readonly text: string;
  readonly marked: boolean;
  /** Where in the text it stands; undefined: it stands for what was cut off. */
  readonly at?: number;
}

/** Signs of a long text that are shown, with what was looked for in sight. */
const SHOWN_CHARS = 240;
const BEFORE_CHARS = 60;

type Wanted = Pick<SearchQuery, "words" | "phrases">;

/** A text in parts, cut to where the first word that was looked for stands. */
export function markedParts(text: string, wanted: Wanted): TextPart[] {
  const spans = foundSpans(text, wanted);
  const first = spans[0]?.start ?? 0;
  const from = text.length > SHOWN_CHARS && first > BEFORE_CHARS
    ? wordStart(text, first - BEFORE_CHARS)
    : 0;
  const to = Math.min(text.length, from + SHOWN_CHARS);
  const parts: TextPart[] = [];
  const add = (piece: string, marked: boolean, at: number) => {
    if (piece !== "") parts.push({ text: piece, marked, at });
  };
  if (from > 0) parts.push({ text: "… ", marked: false });
  let at = from;
  for (const { start, end } of spans) {
    if (start < at || end > to) continue;
    add(text.slice(at, start), false, at);
    add(text.slice(start, end), true, start);
    at = end;
  }
  add(text.slice(at, to).toWellFormed(), false, at);
  if (to < text.length) parts.push({ text: " …", marked: false });
  return parts;
}

/** The same of a text that is drawn in several ways: each part is within one of them. */
export function markedRuns(runs: readonly Run[], wanted: Wanted): (Run & TextPart)[] {
  return markedParts(runs.map(({ text }) => text).join(""), wanted).flatMap((part) => {
    const { at, marked } = part;
    if (at === undefined) return [{ ...part, styles: [] }];
    let start = 0;
    return runs.flatMap(({ text, styles }) => {
      const from = Math.max(at - start, 0);
      const to = Math.min(at + part.text.length - start, text.length);
      const first = start + from - at;
      start += text.length;
      return from < to ? [{ text: part.text.slice(first, first + to - from), styles, marked }] : [];
    });
  });
}

function wordStart(text: string, near: number): number {
  const space = text.indexOf(" ", near);
  return space < 0 || space > near + BEFORE_CHARS / 2 ? near : space + 1;
}

/** Where words by their beginning and phrases stand, in their order, none over another. */
function foundSpans(text: string, { words, phrases }: Wanted) {
  const spans = wordSpans(text);
  const wanted = [
    ...words.map((word) => ({ signs: wordsOf(word), open: true })),
    ...phrases.map((phrase) => ({ signs: wordsOf(phrase), open: false })),
  ].filter(({ signs }) => signs.length > 0);
  const found: { start: number; end: number }[] = [];
  for (let at = 0; at < spans.length; at++) {
    const lengths = wanted.filter(({ signs, open }) =>
      signs.every((sign, i) => {
        const held = spans[at + i]?.word;
        // The beginning of the last word is enough.
        return open && i === signs.length - 1 ? held?.startsWith(sign) === true : held === sign;
      })
    ).map(({ signs }) => signs.length);
    const start = spans[at]?.start;
    const end = spans[at + Math.max(0, ...lengths) - 1]?.end;
    if (lengths.length > 0 && start !== undefined && end !== undefined) found.push({ start, end });
  }
  return found;
}
