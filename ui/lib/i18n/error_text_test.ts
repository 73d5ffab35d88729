import assert from "node:assert/strict";
import { ERROR_STATUS, type ErrorCode } from "../../../core/api/error.ts";
import { ApiError } from "../api/request.ts";
import { errorText } from "./error_text.ts";
import { ENGLISH, languageOf } from "./languages.ts";
import { inLanguage } from "./request_language.ts";

const german = languageOf("de") ?? ENGLISH;
const SAID = 'The role "Stewards" stands above your own.';
const show = (code: ErrorCode, details = {}) =>
  inLanguage(german, () => errorText(new ApiError(ERROR_STATUS[code], code, SAID, details)));

Deno.test("English shows what the server said; every code has words in other languages", () => {
  for (const code of Object.keys(ERROR_STATUS) as ErrorCode[]) {
    const error = new ApiError(ERROR_STATUS[code], code, SAID);
    assert.equal(inLanguage(ENGLISH, () => errorText(error)), SAID);
    assert.notEqual(show(code), SAID);
    assert.doesNotMatch(show(code), /^fault\./);
  }
});

Deno.test("a rough code keeps the server's sentence, an exact one needs none, a pause says how long", () => {
  assert.equal(show("forbidden"), `Das darfst du nicht. (${SAID})`);
  assert.equal(show("forbidden", { banned: true }), "Du bist aus dieser Gilde verbannt.");
  assert.equal(
    show("forbidden", { banned: true, until_ts: 1 }),
    `Du bist aus dieser Gilde verbannt. (${SAID})`,
  );
  assert.equal(show("name_taken"), "Dieser Benutzername ist vergeben.");
  assert.equal(
    show("rate_limited", { retry_after_ms: 1200 }),
    "Zu schnell. Versuch es in 2 Sekunden noch einmal.",
  );
  assert.match(show("unavailable", { retry_after_ms: 2000 }), /^Das geht gerade nicht\./);
});
