/** What a message can have, as `has:` names it. */
export const HAS = ["file", "image", "video", "audio", "link", "poll"] as const;
export type Has = typeof HAS[number];

/** Filters that a search understands, in the order in which they are offered. */
export const FILTERS = ["from", "in", "has", "before", "after", "during", "mentions"] as const;
export type Filter = typeof FILTERS[number];

/** Words and filters of one question; what lies beyond is answered with a sentence. */
export const SEARCH_TERMS_MAX = 20;
export const SEARCH_CHARS_MAX = 512;

/** One piece of a question, and where it stands in its text. */
export interface SearchTerm {
  readonly kind: "word" | "phrase" | Filter;
  readonly value: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** A question as it was typed, understood. */
export interface SearchQuery {
  /** Found by their beginning too. */
  readonly words: readonly string[];
  /** In this order, next to each other. */
  readonly phrases: readonly string[];
  /** As typed: `me`, a user id or a name. Any of them. */
  readonly from: readonly string[];
  /** Names or ids of channels. Any of them. */
  readonly in: readonly string[];
  /** All of them. */
  readonly has: readonly Has[];
  readonly mentions: readonly string[];
  /** From then on, ms. */
  readonly sinceTs?: number;
  /** Before then, ms. */
  readonly untilTs?: number;
}

/** What of a question cannot be meant, with the value. */
export type SearchProblem =
  | { readonly code: "many" }
  | { readonly code: "empty"; readonly filter: SearchTerm["kind"] }
  | { readonly code: "has"; readonly value: string }
  | { readonly code: "date"; readonly filter: SearchTerm["kind"]; readonly value: string };

export type ParsedSearch = { readonly query: SearchQuery } | { readonly problem: SearchProblem };

/** A problem for people, in English. */
export function problemText(problem: SearchProblem): string {
  if (problem.code === "many") {
    return `Search for at most ${SEARCH_TERMS_MAX} words and filters at once.`;
  }
  if (problem.code === "empty") return `Say what ${problem.filter}: is to be, without a space.`;
  return problem.code === "has"
    ? `has:${problem.value} is not known; write has: and ${HAS.join(", ")}.`
    : `${problem.filter}:${problem.value} is no date; write one like 2026-03-28, 2026-03 or 2026.`;
}

const TERM = /(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/giu;

/** Takes a question apart; an unknown filter is a word. */
export function searchTerms(text: string): SearchTerm[] {
  const terms: SearchTerm[] = [];
  for (const match of text.matchAll(TERM)) {
    const [whole, key, quoted, bare] = match;
    const bareKey = key ?? (whole.endsWith(":") ? whole.slice(0, -1) : undefined);
    const filter = FILTERS.find((each) => each === bareKey?.toLowerCase());
    const value = key === undefined && filter !== undefined ? "" : quoted ?? bare ?? "";
    const start = match.index;
    const end = start + whole.length;
    if (filter !== undefined) terms.push({ kind: filter, value, start, end });
    else if (quoted !== undefined && key === undefined) {
      if (value.trim() !== "") terms.push({ kind: "phrase", value, start, end });
    } else terms.push({ kind: "word", value: whole.replaceAll('"', " "), start, end });
  }
  return terms;
}

/**
 * Understands a question. `utcOffsetMinutes`: how far the asker's clock is ahead of UTC, by which
 * days begin.
 */
export function parseSearch(text: string, utcOffsetMinutes = 0): ParsedSearch {
  const terms = searchTerms(text);
  if (terms.length > SEARCH_TERMS_MAX) {
    return { problem: { code: "many" } };
  }
  const of = (kind: SearchTerm["kind"]) =>
    terms.filter((term) => term.kind === kind).map((term) => term.value.trim());
  const empty = terms.find((term) => term.value.trim() === "");
  if (empty !== undefined) return { problem: { code: "empty", filter: empty.kind } };
  const has: Has[] = [];
  for (const value of of("has")) {
    const known = HAS.find((each) => each === value.toLowerCase());
    if (known === undefined) return { problem: { code: "has", value: shortened(value) } };
    has.push(known);
  }
  const span = spanOf(terms, utcOffsetMinutes);
  if ("problem" in span) return span;
  return {
    query: {
      words: of("word"),
      phrases: of("phrase"),
      from: of("from"),
      in: of("in"),
      has,
      mentions: of("mentions"),
      ...span,
    },
  };
}

type Span = Pick<SearchQuery, "sinceTs" | "untilTs">;

/** Several dates narrow each other. */
function spanOf(
  terms: readonly SearchTerm[],
  utcOffsetMinutes: number,
): Span | { readonly problem: SearchProblem } {
  let sinceTs = -Infinity;
  let untilTs = Infinity;
  for (const { kind, value } of terms) {
    if (kind !== "before" && kind !== "after" && kind !== "during") continue;
    const dates = datesOf(value.trim(), utcOffsetMinutes);
    if (dates === undefined) {
      return { problem: { code: "date", filter: kind, value: shortened(value.trim()) } };
    }
    if (kind === "before") untilTs = Math.min(untilTs, dates.from);
    else if (kind === "after") sinceTs = Math.max(sinceTs, dates.to);
    else {
      sinceTs = Math.max(sinceTs, dates.from);
      untilTs = Math.min(untilTs, dates.to);
    }
  }
  return {
    ...(sinceTs === -Infinity ? {} : { sinceTs }),
    ...(untilTs === Infinity ? {} : { untilTs }),
  };
}

const DATE = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/;

/** A day, a month or a year: from its first moment to the first one after it, ms. */
function datesOf(
  text: string,
  utcOffsetMinutes: number,
): { readonly from: number; readonly to: number } | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = match[2] === undefined ? undefined : Number(match[2]) - 1;
  const day = match[3] === undefined ? undefined : Number(match[3]);
  if (year < 1970) return undefined;
  const from = Date.UTC(year, month ?? 0, day ?? 1);
  const read = new Date(from);
  if (read.getUTCMonth() !== (month ?? 0) || read.getUTCDate() !== (day ?? 1)) return undefined;
  const to = month === undefined
    ? Date.UTC(year + 1, 0, 1)
    : day === undefined
    ? Date.UTC(year, month + 1, 1)
    : Date.UTC(year, month, day + 1);
  const shift = utcOffsetMinutes * 60_000;
  return { from: from - shift, to: to - shift };
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40).toWellFormed()}…` : value;
}
