import { acceptedTags, type Clock, type Language } from "./i18n/languages.ts";
import { type Look, readLook } from "./look.ts";

/** `en-gb`: a language and a region, by which people of one language write times differently. */
const REGIONAL = /^([a-z]{2,3})-(?:[a-z]{4}-)?([a-z]{2}|\d{3})$/;

/** The clock somebody chose for this device, or the usual one where their browser says they are. */
export function clockFor(choice: Look["clock"], language: Language, headers: Headers): Clock {
  if (choice !== "auto") return choice;
  const primary = language.code.split("-")[0];
  for (const tag of acceptedTags(headers)) {
    const [, spoken, region = ""] = REGIONAL.exec(tag) ?? [];
    if (spoken === primary) return usualIn(`${spoken}-${region}`);
  }
  return language.clock;
}

/** A format is costly to ask; there are fewer than two thousand regions of each of our languages. */
const usual = new Map<string, Clock>();

function usualIn(locale: string): Clock {
  let found = usual.get(locale);
  if (!found) {
    const { hourCycle } = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions();
    found = hourCycle === "h11" || hourCycle === "h12" ? "h12" : "h23";
    usual.set(locale, found);
  }
  return found;
}

/** The language as the reader of this request writes times in it. */
export function withClock(language: Language, request: Request): Language {
  return { ...language, clock: clockFor(readLook(request).clock, language, request.headers) };
}
