import assert from "node:assert/strict";
import type { EmojiRow } from "./emoji_data.ts";
import { emojiOfCode, findShortcode } from "./shortcodes.ts";

const ROWS: readonly EmojiRow[] = [
  ["👍", "+1", 1, "good yes", 1, "thumbsup thumbup"],
  ["🎉", "tada", 6, "party", 0, "party_popper"],
];

Deno.test("a shortcode is found when its last colon is typed, not in code, times and addresses", () => {
  const codeAt = (text: string) => findShortcode(text, text.length)?.code;
  assert.equal(codeAt(":tada:"), "tada");
  assert.equal(codeAt("hear (:Tada:"), "tada");
  assert.equal(codeAt("🎉:+1:"), "+1");
  assert.deepEqual(findShortcode("so :tada: it is", 9), { code: "tada", start: 3 });
  for (
    const text of [
      "at 12:30:",
      "https://a.test:8080:",
      ":x:",
      "\\:tada:",
      "`a :tada:",
      "```\na :tada:",
      ":tada: ",
      ":no such:",
    ]
  ) assert.equal(codeAt(text), undefined, text);
  assert.equal(codeAt("`code` :tada:"), "tada");
});

Deno.test("an emoji has its name and those that others call it", () => {
  assert.equal(emojiOfCode(ROWS, "+1"), "👍");
  assert.equal(emojiOfCode(ROWS, "thumbsup"), "👍");
  assert.equal(emojiOfCode(ROWS, "party_popper"), "🎉");
  assert.equal(emojiOfCode(ROWS, "party"), undefined, "a word is no name");
});
