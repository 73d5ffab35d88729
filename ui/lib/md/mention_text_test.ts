import assert from "node:assert/strict";
import { decodeMentions, encodeMentions, type MentionNames } from "./mention_text.ts";

const names: MentionNames = {
  server: "home.test",
  users: new Set(["@ann:home.test", "@bob.k:home.test", "@eve:far.org"]),
  roles: new Map([["Moderators", "r1"], ["Night Shift", "r2"]]),
  channels: new Map([["general", "c1"], ["general-talk", "c2"]]),
};

Deno.test("names become tokens and come back as they were typed", () => {
  const typed = "hi @ann, ask @bob.k or @Night Shift in #general-talk or #general. @everyone";
  const body = encodeMentions(typed, names);
  assert.equal(
    body,
    "hi <@ann:home.test>, ask <@bob.k:home.test> or <&r2> in <#c2> or <#c1>. @everyone",
  );
  assert.equal(decodeMentions(body, names), typed);
});

Deno.test("a user of another server is named in full", () => {
  for (const typed of ["hey @eve@far.org!", "hey @eve:far.org!", "hey @Eve@FAR.org!"]) {
    assert.equal(encodeMentions(typed, names), "hey <@eve:far.org>!");
  }
  assert.equal(decodeMentions("hey <@eve:far.org>!", names), "hey @eve@far.org!");
  assert.equal(encodeMentions("write to me@far.org", names), "write to me@far.org");
});

Deno.test("a short name means who alone is called so, and the own server's before all", () => {
  assert.equal(encodeMentions("hey @Eve, come", names), "hey <@eve:far.org>, come");
  const users = new Set([...names.users, "@eve:near.org", "@ann:far.org", "@everyone:far.org"]);
  assert.equal(encodeMentions("hey @everyone", { ...names, users }), "hey @everyone");
  assert.equal(encodeMentions("hey @eve, come", { ...names, users }), "hey @eve, come");
  assert.equal(encodeMentions("hey @ann", { ...names, users }), "hey <@ann:home.test>");
  const roles = new Map([["eve", "r3"], ["eve of all", "r4"]]);
  assert.equal(encodeMentions("hey @eve", { ...names, roles }), "hey <&r3>");
  assert.equal(encodeMentions("hey @eve of all", { ...names, roles }), "hey <&r4>");
});

Deno.test("unknown names, mail addresses and code stay text", () => {
  for (
    const text of ["@nobody", "me@ann", "`@ann`", "```\n#general\n```", "#generals", "a#general"]
  ) {
    assert.equal(encodeMentions(text, names), text);
  }
});
