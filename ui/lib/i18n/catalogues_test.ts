import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { IntlMessageFormat } from "intl-messageformat";
import { CATALOGUES, compiledMessage, textsOf } from "./catalogues.ts";
import { compileMessage } from "./compile.ts";
import { en } from "./en.ts";
import { ENGLISH, LANGUAGES, PSEUDO } from "./languages.ts";
import type { Message, Values } from "./message.ts";
import { usedKeys } from "./used_keys.ts";

const KEYS = Object.keys(en) as (keyof typeof en)[];

/** Names of the places of a message, with the kind of each choice. */
function placesOf(message: Message): Set<string> {
  const places = new Set<string>();
  if (typeof message === "string") return places;
  for (const part of message) {
    if (typeof part === "string" || part === 0) continue;
    if (part.length === 1) {
      places.add(part[0]);
      continue;
    }
    places.add(`${part[0]}, ${part[1]}`);
    for (const option of Object.values(part[2])) {
      for (const place of placesOf(option)) places.add(place);
    }
  }
  return places;
}

/** Every source of the pages that may name a text. */
async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      if (!["_fresh", "node_modules"].includes(entry.name)) yield* sources(path);
    } else if (/\.tsx?$/.test(path) && !/_test\.tsx?$|\/i18n\/(en|de)(_\w+)?\.ts$/.test(path)) {
      yield await Deno.readTextFile(path);
    }
  }
}

Deno.test("each language has every text, with the places of the English one", () => {
  for (const { code } of LANGUAGES) {
    const catalogue: Readonly<Record<string, string>> = CATALOGUES[code] ?? {};
    assert.deepEqual(Object.keys(catalogue).sort(), [...KEYS].sort(), `keys of ${code}`);
    for (const key of KEYS) {
      const text = catalogue[key] ?? "";
      assert.notEqual(text.trim(), "", `${code} says nothing for "${key}"`);
      let message: Message;
      try {
        message = compileMessage(text);
      } catch (error) {
        throw new Error(`"${key}" in ${code} is no valid message: ${text}`, { cause: error });
      }
      assert.deepEqual(
        placesOf(message),
        placesOf(compileMessage(en[key])),
        `The places of "${key}" in ${code} are not those of English`,
      );
    }
  }
});

Deno.test("no text is kept that nothing shows", async () => {
  const keys = new Set<string>(KEYS);
  const used = new Set<string>();
  for await (const source of sources(fileURLToPath(new URL("../..", import.meta.url)))) {
    for (const key of usedKeys(source, keys)) used.add(key);
  }
  assert.deepEqual(KEYS.filter((key) => !used.has(key)), []);
});

Deno.test("what is shown is what ICU MessageFormat says, for every text and several numbers", () => {
  for (const language of LANGUAGES) {
    const texts = textsOf(language);
    for (const key of KEYS) {
      const text = CATALOGUES[language.code]?.[key] ?? "";
      const theirs = new IntlMessageFormat(text, language.intl, undefined, { ignoreTag: true });
      const places = [...placesOf(compileMessage(text))];
      for (const n of [0, 1, 2, 5, 1234567]) {
        const values: Values = Object.fromEntries(places.map((place) => {
          const [name = "", kind] = place.split(", ");
          return [name, kind === "p" || kind === "o" ? n : kind === "s" ? "other" : `<${name}>`];
        }));
        assert.equal(texts.format(key, values), theirs.format({ ...values }), `${key}, ${n}`);
      }
    }
  }
});

Deno.test("the pseudo-language changes every word and keeps every place", () => {
  for (const key of KEYS) {
    const message = compiledMessage(PSEUDO, key) ?? "";
    const words = typeof message === "string"
      ? [message]
      : message.filter((part) => typeof part === "string");
    for (const word of words) assert.doesNotMatch(String(word), /[A-Za-z]/, key);
    assert.deepEqual(placesOf(message), placesOf(compiledMessage(ENGLISH, key) ?? ""), key);
  }
});
