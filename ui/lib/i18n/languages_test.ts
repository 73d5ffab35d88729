import assert from "node:assert/strict";
import {
  ENGLISH,
  languageCookie,
  languageOf,
  LANGUAGES,
  PSEUDO,
  requestLanguage,
} from "./languages.ts";
import { inLanguage, speak } from "./request_language.ts";
import { language, t } from "./t.ts";
import { createTexts } from "./texts.ts";

const asked = (headers: Record<string, string>) => requestLanguage(new Headers(headers)).code;
const german = languageOf("de") ?? ENGLISH;

Deno.test("the browser's wishes count by their weight; unknown ones are passed over", () => {
  assert.equal(asked({}), "en");
  assert.equal(asked({ "accept-language": "de-AT,de;q=0.9,en;q=0.8" }), "de");
  assert.equal(asked({ "accept-language": "en;q=0.7, DE;q=0.8" }), "de");
  assert.equal(asked({ "accept-language": "fr, tlh;q=0.9, de;q=0.1" }), "de");
  assert.equal(asked({ "accept-language": "de;q=0, *" }), "en");
  assert.equal(asked({ "accept-language": ";;q=,,de;q=x" }), "en");
});

Deno.test("the choice kept in the cookie goes before the wishes; an unknown one is none", () => {
  const wish = { "accept-language": "en" };
  assert.equal(asked({ ...wish, cookie: "a=1; og_lang=de; b=2" }), "de");
  assert.equal(asked({ ...wish, cookie: "og_lang=xx" }), "en");
  assert.equal(asked({ ...wish, cookie: "xog_lang=de" }), "en");
  assert.equal(asked({ cookie: languageCookie(german).split(";")[0] ?? "" }), "de");
  assert.equal(asked({ cookie: `og_lang=${PSEUDO.code}` }), PSEUDO.code);
});

Deno.test("numbers in texts are those that the language writes", () => {
  for (const each of [...LANGUAGES, PSEUDO]) {
    const texts = createTexts(each, () => [["n"]]);
    for (const n of [0, 7, 42, 999, 1000, 12_345, -3, 1.5]) {
      assert.equal(texts.format("any", { n }), new Intl.NumberFormat(each.intl).format(n));
    }
  }
});

Deno.test("two requests at once each keep their language, whatever they wait for", async () => {
  const turns: string[] = [];
  const read = async (name: string) => {
    for (let i = 0; i < 3; i++) {
      turns.push(`${name}: ${t("save")}`);
      await Promise.resolve();
    }
  };
  await Promise.all([
    inLanguage(ENGLISH, () => read("a")),
    inLanguage(german, () => read("b")),
  ]);
  assert.deepEqual(
    turns,
    ["a: Save", "b: Speichern", "a: Save", "b: Speichern", "a: Save"]
      .concat("b: Speichern"),
  );
});

Deno.test("a request whose account was found goes on in the account's language, others do not", async () => {
  const other = inLanguage(ENGLISH, async () => {
    await Promise.resolve();
    return language().code;
  });
  const own = inLanguage(ENGLISH, async () => {
    await Promise.resolve();
    speak(german);
    await Promise.resolve();
    return language().code;
  });
  assert.deepEqual(await Promise.all([other, own]), ["en", "de"]);
});

Deno.test("outside of a request no language is known, and that is said", () => {
  assert.throws(() => t("save"), /"save".*outside of a request/);
});
