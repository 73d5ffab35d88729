import assert from "node:assert/strict";
import type { Guild } from "../../../core/api/guild.ts";
import { findEmoji, searchGuildEmoji } from "./guild_emoji.ts";

const names = ["party", "my_party", "Par", "constructor"];
const guild = { emoji: names.map((name) => ({ name, uri: `mxc://a.b/${name}` })) } as Guild;

Deno.test("an emoji is found by its whole name alone", () => {
  assert.equal(findEmoji(guild, ":party:")?.uri, "mxc://a.b/party");
  assert.equal(findEmoji(guild, ":constructor:")?.name, "constructor");
  for (const none of ["party", ":party", ":Party:", ":__proto__:", ":toString:", "👍", ""]) {
    assert.equal(findEmoji(guild, none), undefined, none);
  }
  assert.equal(findEmoji(undefined, ":party:"), undefined);
});

Deno.test("an emoji is found by names it had, unless another is called so now", () => {
  const renamed = {
    emoji: [
      { name: "gala", uri: "mxc://a.b/1", former: ["party", "fiesta"] },
      { name: "fiesta", uri: "mxc://a.b/2" },
    ],
  } as Guild;
  assert.equal(findEmoji(renamed, ":party:")?.name, "gala");
  assert.equal(findEmoji(renamed, ":fiesta:")?.uri, "mxc://a.b/2");
  assert.equal(findEmoji(renamed, ":gala:")?.uri, "mxc://a.b/1");
});

Deno.test("those that begin with what is typed come first, the shortest of them", () => {
  const found = (typed: string, count = 9) =>
    searchGuildEmoji(guild, typed, count).map(({ name }) => name);
  assert.deepEqual(found("par"), ["Par", "party", "my_party"]);
  assert.deepEqual(found("par", 1), ["Par"]);
  assert.deepEqual(found("zz"), []);
});
