import assert from "node:assert/strict";
import { EMPTY_DRAFT, packDraft, unpackDraft } from "./composing.ts";

const author = {
  id: "@a:x",
  display_name: null,
  avatar: null,
  bio: null,
  status: null,
  bot: false,
};

Deno.test("a draft keeps text, reply and files; an empty one leaves nothing", () => {
  const reply = {
    id: "$m",
    author,
    nickname: "A",
    body: "x".repeat(500),
    media: [],
    redacted: null,
  };
  const file = { name: "a.png", size: 3, media: null, alt: "a cat", spoiler: true };
  const back = unpackDraft(packDraft({ text: "hi", reply, files: [file] }));
  assert.equal(back.text, "hi");
  assert.equal(back.reply?.body.length, 200);
  assert.deepEqual(back.files, [file]);
  assert.equal(packDraft(EMPTY_DRAFT), null);
});

Deno.test("what another version or hand wrote is an empty draft", () => {
  for (const text of [null, "", "plain text", "{}", "[]", '{"text":3}', "null"]) {
    assert.deepEqual(unpackDraft(text), EMPTY_DRAFT, String(text));
  }
});
