import assert from "node:assert/strict";
import { type Ranked, rankTargets } from "./rank_targets.ts";

const target = (text: string, more: Partial<Ranked> = {}): Ranked => ({
  kind: "channel",
  text,
  detail: "Garden",
  unread: 0,
  mentions: 0,
  recency: Infinity,
  ...more,
});
const names = (targets: readonly Ranked[], query: string) =>
  rankTargets(targets, query).map(({ text }) => text);

Deno.test("without letters: mentions, news, the latest visits, then the order of the lists", () => {
  const list = [
    target("first"),
    target("visited", { recency: 2 }),
    target("visited last", { recency: 0 }),
    target("new", { unread: 3 }),
    target("second"),
    target("called", { unread: 1, mentions: 1, recency: 5 }),
  ];
  assert.deepEqual(names(list, " "), [
    "called",
    "new",
    "visited last",
    "visited",
    "first",
    "second",
  ]);
});

Deno.test("the name itself, its beginning, the beginning of a word, then anywhere", () => {
  const list = [
    target("proseeds"),
    target("old seeds"),
    target("seeds-swap"),
    target("seeds"),
    target("beans", { detail: "Seeds" }),
  ];
  assert.deepEqual(names(list, "seeds"), [
    "seeds",
    "seeds-swap",
    "old seeds",
    "proseeds",
    "beans",
  ]);
});

Deno.test("a guild's name means the guild, then its channels, and its settings last", () => {
  const settings = "Settings of Ann's Garden";
  const list = [
    target("Roles", { kind: "page", detail: settings }),
    target("Members", { kind: "page", detail: settings }),
    target("beans", { detail: "Ann's Garden" }),
    target("Ann's Garden", { kind: "guild", detail: "Guild" }),
  ];
  for (const query of ["garden", "Ann's Garden", "anns garden", "ann gar", "gardn"]) {
    assert.deepEqual(names(list, query).slice(0, 2), ["Ann's Garden", "beans"], query);
  }
  assert.deepEqual(names(list, "roles ann"), ["Roles"]);
});

Deno.test("among names that fit alike, what calls comes first", () => {
  const list = [
    target("seed-one"),
    target("seed-two", { recency: 0 }),
    target("seed-three", { unread: 1 }),
    target("seed-four", { unread: 1, mentions: 2 }),
  ];
  assert.deepEqual(names(list, "seed"), ["seed-four", "seed-three", "seed-two", "seed-one"]);
});

Deno.test("a slip of the finger, accents and other scripts are found", () => {
  const list = [target("general"), target("Größe"), target("Огород"), target("café")];
  assert.deepEqual(names(list, "genral"), ["general"]);
  assert.deepEqual(names(list, "cafe"), ["café"]);
  assert.deepEqual(names(list, "огор"), ["Огород"]);
});

Deno.test("a name is found by the words around it, in any order", () => {
  const list = [target("general", { detail: "Riverside" }), target("general", { detail: "Hill" })];
  assert.deepEqual(rankTargets(list, "hill gen").map(({ detail }) => detail), ["Hill"]);
});

Deno.test("a first character asks for one kind", () => {
  const list = [
    target("rose"),
    target("Rose", { kind: "person" }),
    target("Rose Club", { kind: "guild" }),
    target("Profile", { kind: "page" }),
  ];
  assert.deepEqual(rankTargets(list, "@ro").map(({ kind }) => kind), ["person"]);
  assert.deepEqual(rankTargets(list, "#ro").map(({ kind }) => kind), ["channel"]);
  assert.deepEqual(rankTargets(list, "*").map(({ kind }) => kind), ["guild"]);
});

Deno.test("nothing of the sort is nothing, whatever is typed", () => {
  const list = [target("general")];
  for (const query of ["zzz", "()[]", "\\", "a".repeat(500), "🌱"]) {
    assert.deepEqual(names(list, query), [], query);
  }
});
