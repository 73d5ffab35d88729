import { compileMessage } from "./compile.ts";
import { de } from "./de.ts";
import { type Catalogue, en } from "./en.ts";
import { ENGLISH, type Language, PSEUDO } from "./languages.ts";
import type { Message } from "./message.ts";
import { pseudoMessage } from "./pseudo.ts";
import { createTexts, type Texts } from "./texts.ts";

/** Sources of each language by code. */
export const CATALOGUES: Readonly<Record<string, Catalogue>> = { en, de };

/** The compiled message of a key in a language; undefined where there is no such key. */
export function compiledMessage(language: Language, key: string): Message | undefined {
  const pseudo = language.code === PSEUDO.code;
  const text: string | undefined = CATALOGUES[pseudo ? ENGLISH.code : language.code]
    ?.[key as keyof Catalogue];
  if (text === undefined) return undefined;
  return pseudo ? pseudoMessage(compileMessage(text)) : compileMessage(text);
}

const made = new Map<string, Texts>();

/**
 * All texts of a language, whatever clock its reader has. Messages are compiled when they are first
 * asked for, and kept.
 */
export function textsOf(language: Language): Texts {
  let texts = made.get(language.code);
  if (!texts) {
    const compiled = new Map<string, Message | undefined>();
    texts = createTexts(language, (key) => {
      if (!compiled.has(key)) compiled.set(key, compiledMessage(language, key));
      return compiled.get(key);
    });
    made.set(language.code, texts);
  }
  return { ...texts, language };
}
