import assert from "node:assert/strict";
import { mentionsIn, splitMentions } from "./mention_tokens.ts";

Deno.test("a body splits into text and tokens in order", () => {
  assert.deepEqual(splitMentions("hi <@ann:example.org>, see <#3xYz> and <&mods> @everyone!"), [
    "hi ",
    { kind: "user", id: "@ann:example.org" },
    ", see ",
    { kind: "channel", id: "3xYz" },
    " and ",
    { kind: "role", id: "mods" },
    " ",
    { kind: "everyone" },
    "!",
  ]);
});

Deno.test("code, look-alikes and mail addresses ping nobody", () => {
  assert.deepEqual(
    mentionsIn("`@everyone` ```\n<@ann:example.org>\n``` me@everyone <@Ann:x> @everyones"),
    [],
  );
});

Deno.test("a mention counts once however often it is written", () => {
  assert.equal(mentionsIn("<@a:b> <@a:b> @everyone @everyone").length, 2);
});
