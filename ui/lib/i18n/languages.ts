/** How times are written: `9:05 PM` or `21:05`. */
export type Clock = "h12" | "h23";

/** One language of the pages. */
export interface Language {
  /** BCP 47 tag: what `<html lang>` and the cookie carry. */
  readonly code: string;
  /** Its name in itself, for the list to choose from. */
  readonly name: string;
  readonly dir: "ltr" | "rtl";
  /** The tag dates, numbers and plurals are formatted by. */
  readonly intl: string;
  /** What is usual in it, or what this reader chose. */
  readonly clock: Clock;
}

/** The language every other falls back to, and that the server writes its own sentences in. */
export const ENGLISH: Language = {
  code: "en",
  name: "English",
  dir: "ltr",
  intl: "en",
  clock: "h12",
};

/** Complete languages, as the list shows them. */
export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  { code: "de", name: "Deutsch", dir: "ltr", intl: "de", clock: "h23" },
];

/**
 * English written from right to left with other letters, with the dates of such a language: what is not in the catalogue, or lies on
 * the wrong side, can be seen. Offered in no list; the cookie alone turns it on.
 */
export const PSEUDO: Language = {
  code: "ar-XB",
  name: "Pseudo",
  dir: "rtl",
  intl: "he",
  clock: "h23",
};

const COOKIE = "og_lang";
const COOKIE_SECONDS = 31_536_000;
/** Entries of an Accept-Language header that are looked at. */
const ACCEPTED_MAX = 20;

/** The language of exactly that code; undefined where there is none. */
export function languageOf(code: string | null | undefined): Language | undefined {
  return code === PSEUDO.code ? PSEUDO : LANGUAGES.find((language) => language.code === code);
}

/** Tags of an Accept-Language header (RFC 9110, 12.5.4) in small letters, what is liked best first. */
export function acceptedTags(headers: Headers): string[] {
  const header = headers.get("accept-language") ?? "";
  return header.split(",").slice(0, ACCEPTED_MAX).map((part) => {
    const [tag = "", ...rest] = part.trim().toLowerCase().split(/\s*;\s*/);
    const quality = rest.find((entry) => entry.startsWith("q="));
    return { tag, q: quality === undefined ? 1 : Number(quality.slice(2)) };
  }).filter(({ q }) => q > 0).sort((a, b) => b.q - a.q).map(({ tag }) => tag);
}

/** The best of ours, by primary subtag. */
function accepted(headers: Headers): Language | undefined {
  for (const tag of acceptedTags(headers)) {
    const primary = tag === "*" ? ENGLISH.code : tag.split("-")[0];
    const found = LANGUAGES.find((language) => language.code === primary);
    if (found) return found;
  }
  return undefined;
}

/** The language the browser keeps: its choice, or that of the account last signed in on it. */
export function cookieLanguage(headers: Headers): Language | undefined {
  const match = new RegExp(`(?:^|;\\s*)${COOKIE}=([A-Za-z-]{2,12})(?:;|$)`).exec(
    headers.get("cookie") ?? "",
  );
  return languageOf(match?.[1]);
}

/** What the browser itself asks for. */
export function wishedLanguage(headers: Headers): Language {
  return accepted(headers) ?? ENGLISH;
}

/** Language of a request before its account is known: the browser's choice, then its wishes. */
export function requestLanguage(headers: Headers): Language {
  return cookieLanguage(headers) ?? wishedLanguage(headers);
}

/** It holds no secret; a year. */
export function languageCookie(language: Language): string {
  return `${COOKIE}=${language.code}; Path=/; Max-Age=${COOKIE_SECONDS}; SameSite=Lax`;
}

/** Takes the browser's choice back: its wishes count again. */
export const FORGET_LANGUAGE_COOKIE = `${COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`;
