import { OperationError } from "../../../core/errors.ts";

/** Longest texts of a profile, in characters as people count them (grapheme clusters). */
export const PROFILE_LIMITS = { display_name: 64, bio: 500, status: 128 } as const;
/** No character a person sees needs more code units than this, joined emoji included. */
const UNITS_PER_CHARACTER = 16;

export type ProfileField = keyof typeof PROFILE_LIMITS;

/**
 * Control characters, and those that turn or hide the text around them (bidirectional
 * overrides and isolates, tags, fillers): a name must not rearrange the line it stands in.
 */
const UNSAFE =
  /(?![\t\n])\p{Cc}|[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff]|[\u{e0100}-\u{e01ef}\u{1d173}-\u{1d17a}]/gu;
const LINE_BREAKS = /[\t\n]+/g;

/** Made when the first text is counted: its tables take time and memory. */
let segmenter: Intl.Segmenter | undefined;

/**
 * The text as stored: NFC, trimmed, unsafe characters removed, one line except in a bio.
 * Empty becomes null.
 * @throws OperationError `invalid` where it is longer than the field allows.
 */
export function cleanProfileText(field: ProfileField, typed: string | null): string | null {
  if (typed === null) return null;
  const safe = typed.toWellFormed().normalize("NFC").replaceAll("\r\n", "\n").replace(UNSAFE, "");
  const text = field === "bio"
    ? safe.replace(/\n{3,}/g, "\n\n").trim()
    : safe.replace(LINE_BREAKS, " ").replace(/ {2,}/g, " ").trim();
  const limit = PROFILE_LIMITS[field];
  const length = characterCount(text);
  if (length > limit || text.length > limit * UNITS_PER_CHARACTER) {
    throw new OperationError(
      "invalid",
      `The ${field.replace("_", " ")} has ${length} characters; at most ${limit} are allowed.`,
      { details: { field, length, limit } },
    );
  }
  return text === "" ? null : text;
}

function characterCount(text: string): number {
  let count = 0;
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const _ of segmenter.segment(text)) count++;
  return count;
}
