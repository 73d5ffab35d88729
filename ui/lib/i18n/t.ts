import { en } from "./en.ts";

export type Key = keyof typeof en;
type Plural = { readonly one: string; readonly other: string };

const plurals = new Intl.PluralRules("en");
const numbers = new Intl.NumberFormat("en");

/**
 * A text of the catalogue. `{name}` is replaced by the value of that name; an entry with `one`
 * and `other` chooses by the value `n`.
 */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const entry: string | Plural = en[key];
  const text = typeof entry === "string"
    ? entry
    : plurals.select(Number(values["n"])) === "one"
    ? entry.one
    : entry.other;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}
