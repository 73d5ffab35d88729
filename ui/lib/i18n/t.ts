import type { en } from "./en.ts";
import type { Language } from "./languages.ts";
import type { Value, Values } from "./message.ts";
import type { Texts } from "./texts.ts";

type English = typeof en;
/** Every key of the catalogue. */
export type AnyKey = keyof English;

/** Names of the places of a text without plurals: `{name}` gives `name`. */
type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Places<Rest>
  : never;
type Names<Text extends string> = Text extends `${string}, ${"plural" | "select"}${string}` ? string
  : Places<Text>;

/** Keys of texts that take no values: what a table of labels may hold. */
export type Key = {
  [K in AnyKey]: [Names<English[K]>] extends [never] ? K : never;
}[AnyKey];

/** The values a key asks for. Of a plural only that there are some is known here. */
type Arguments<K extends AnyKey> = [Names<English[K]>] extends [never] ? [values?: Values]
  : [values: Readonly<Record<Names<English[K]>, Value>>];

let source: () => Texts | undefined = () => undefined;

/** Says where the texts of the moment come from: of the request on the server, of the page here. */
export function setTextSource(next: () => Texts | undefined): void {
  source = next;
}

function current(what: string): Texts {
  const texts = source();
  if (texts) return texts;
  throw new Error(`${what} was asked for outside of a request or before the page was started.`);
}

/** The language of the moment. */
export function language(): Language {
  return current("The language").language;
}

/** Whether the text has come to this page: texts of later parts come with those. */
export function isHere(key: Key): boolean {
  return current(`The text "${key}"`).format(key, {}) !== undefined;
}

/**
 * A text of the catalogue in the language of the moment, with the values its `{places}` name.
 * Never call it while a module loads: no language is known then.
 */
export function t<K extends AnyKey>(key: K, ...[values]: Arguments<K>): string {
  const text = current(`The text "${key}"`).format(key, values ?? {});
  if (text !== undefined) return text;
  console.error(`The text "${key}" is not in the catalogue of this page.`);
  return key;
}
