import assert from "node:assert/strict";
import { ENGLISH } from "../i18n/languages.ts";
import { inLanguage } from "../i18n/request_language.ts";
import { authorOf } from "./author.ts";

Deno.test("a webhook is never called by the bare name that it chose", () => {
  const author = { id: "@ann:one.test", display_name: "Ann" };
  const called = (message: Parameters<typeof authorOf>[0]) =>
    inLanguage(ENGLISH, () => authorOf(message));
  assert.equal(called({ author, nickname: null }), "Ann");
  assert.equal(called({ author, nickname: "Annie" }), "Annie");
  assert.equal(called({ author, webhook: true }), "Ann (webhook)");
});
