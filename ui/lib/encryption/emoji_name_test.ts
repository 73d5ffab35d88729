import assert from "node:assert/strict";
import { SAS_EMOJI } from "../../../core/e2ee/verification/emoji.ts";
import { textsOf } from "../i18n/catalogues.ts";
import { LANGUAGES } from "../i18n/languages.ts";
import { EMOJI_KEYS, emojiKey } from "./emoji_name.ts";

Deno.test("each picture of a verification has its name here, in every language one of its own", () => {
  assert.deepEqual(SAS_EMOJI.map(({ name }) => emojiKey(name)), [...EMOJI_KEYS]);
  for (const language of LANGUAGES) {
    const texts = textsOf(language);
    const names = EMOJI_KEYS.map((key) => texts.format(`e2ee.emoji.${key}`, {}));
    assert.equal(new Set(names).size, 64, language.code);
  }
});
