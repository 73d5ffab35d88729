import { AsyncLocalStorage } from "node:async_hooks";
import { textsOf } from "./catalogues.ts";
import type { Language } from "./languages.ts";
import { setTextSource } from "./t.ts";
import type { Texts } from "./texts.ts";

/** The language belongs to one request and everything it waits for, never to the module. */
const requests = new AsyncLocalStorage<{ texts: Texts }>();

setTextSource(() => requests.getStore()?.texts);

/** Runs one request in a language. */
export function inLanguage<Result>(language: Language, run: () => Result): Result {
  return requests.run({ texts: textsOf(language) }, run);
}

/** The rest of the request around this call speaks another language: its account was found. */
export function speak(language: Language): void {
  const request = requests.getStore();
  if (!request) throw new Error(`There is no request to speak ${language.name} in.`);
  request.texts = textsOf(language);
}
