import assert from "node:assert/strict";
import { clockFor, withClock } from "./clock.ts";
import { ENGLISH, languageOf } from "./i18n/languages.ts";

const german = languageOf("de") ?? ENGLISH;
const wishing = (tags: string) => new Headers({ "accept-language": tags });

Deno.test("the usual clock is that of the language, in the region which the browser names", () => {
  assert.equal(clockFor("auto", ENGLISH, new Headers()), "h12");
  assert.equal(clockFor("auto", german, new Headers()), "h23");
  assert.equal(clockFor("auto", ENGLISH, wishing("en-GB,en;q=0.9")), "h23");
  assert.equal(clockFor("auto", ENGLISH, wishing("en-US;q=0.8,en-IE")), "h23");
  assert.equal(clockFor("auto", ENGLISH, wishing("en")), "h12");
  // Somebody who reads German on an American computer reads times as German has them.
  assert.equal(clockFor("auto", german, wishing("en-US,en;q=0.9")), "h23");
});

Deno.test("what was chosen counts everywhere, and nonsense in a header harms nothing", () => {
  assert.equal(clockFor("h23", ENGLISH, wishing("en-US")), "h23");
  assert.equal(clockFor("h12", german, wishing("de-DE")), "h12");
  for (const tags of ["en-", "en-999", "en-zz", "en-latn-us", "*", "-", "en_GB", "en-u-hc-h23"]) {
    assert.equal(clockFor("auto", ENGLISH, wishing(tags)), "h12", tags);
  }
  const request = new Request("http://localhost/", {
    headers: { cookie: "og_look=dark.cosy.100.auto.none.h23", "accept-language": "en-US" },
  });
  assert.deepEqual(withClock(ENGLISH, request), { ...ENGLISH, clock: "h23" });
});
