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
/** Smaller whole numbers are written alike in each of the languages. */
const GROUPED_FROM = 1000;

function createFormats({ intl, dir }: Language): Formats {
  // Each is made when it is first wanted: a phone takes milliseconds for one, and a page starts here.
  let numbers: Intl.NumberFormat | undefined;
  const plurals: { [type in Intl.PluralRuleType]?: Intl.PluralRules } = {};
  return {
    number: (value) =>
      Number.isInteger(value) && value >= 0 && value < GROUPED_FROM
        ? String(value)
        : (numbers ??= new Intl.NumberFormat(intl)).format(value),
    plural: (value, type) => (plurals[type] ??= new Intl.PluralRules(intl, { type })).select(value),
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
