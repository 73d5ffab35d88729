import type { Language } from "./languages.ts";
import { formatMessage, type Formats, type Message, type Values } from "./message.ts";

/** The texts of one language, ready to be asked. Holds nothing of a visitor: it may be shared. */
export interface Texts {
  readonly language: Language;
  /** The text of a key; undefined where this catalogue has none of it. */
  format(key: string, values: Values): string | undefined;
}

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";

function createFormats({ intl, dir }: Language): Formats {
  const numbers = new Intl.NumberFormat(intl);
  const cardinal = new Intl.PluralRules(intl);
  let ordinal: Intl.PluralRules | undefined;
  return {
    number: (value) => numbers.format(value),
    plural: (value, type) =>
      (type === "cardinal" ? cardinal : ordinal ??= new Intl.PluralRules(intl, { type }))
        .select(value),
    isolate: dir === "rtl"
      ? (value) => FIRST_STRONG_ISOLATE + value + POP_ISOLATE
      : (value) => value,
  };
}

export function createTexts(
  language: Language,
  find: (key: string) => Message | undefined,
): Texts {
  const formats = createFormats(language);
  return {
    language,
    format(key, values) {
      const message = find(key);
      return message === undefined ? undefined : formatMessage(message, values, formats);
    },
  };
}
