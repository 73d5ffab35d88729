import assert from "node:assert/strict";
import fc from "fast-check";
import type { SearchQuery } from "../../../core/search/query.ts";
import { fitsQuery, isForDevice, roomsFor } from "./device_fits.ts";
import { groupByChannel, mergePages, type SearchHit } from "./hits.ts";
import { markedParts, markedRuns } from "./marks.ts";
import { typedPart } from "./suggest.ts";

const hit = (id: string, ts: number, channelId = "a"): SearchHit => ({
  id,
  roomId: "!r",
  channelId,
  sender: "@ann:one.test",
  name: "Ann",
  avatar: null,
  ts,
  text: id,
  media: [],
});
const ids = (hits: readonly SearchHit[]) => hits.map((each) => each.id).join("");
const query = (part: Partial<SearchQuery>): SearchQuery => ({
  words: [],
  phrases: [],
  from: [],
  in: [],
  has: [],
  mentions: [],
  ...part,
});

Deno.test("found: what is older than where a source stopped waits for its next page", () => {
  const server = { hits: [hit("a", 9), hit("c", 5)], hasMore: true, count: 30, countHasMore: true };
  const device = { hits: [hit("b", 7), hit("d", 2)], hasMore: false };
  const merged = mergePages([server, device]);
  assert.equal(ids(merged.hits), "abc");
  assert.deepEqual([merged.hasMore, merged.count, merged.countHasMore], [true, 32, true]);
  assert.equal(ids(mergePages([{ ...server, hasMore: false }, device]).hits), "abcd");
});

Deno.test("found: whatever the pages are, nothing is shown that an older page could push apart", () => {
  const times = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
  fc.assert(fc.property(times, times, fc.nat(12), (a, b, shown) => {
    const all = [...a, ...b].sort((x, y) => y - x);
    const sorted = (list: number[]) => [...list].sort((x, y) => y - x);
    const first = sorted(a);
    const pages = [
      { hits: first.slice(0, shown).map((ts) => hit(`${ts}`, ts)), hasMore: shown < a.length },
      { hits: sorted(b).map((ts) => hit(`${ts}`, ts)), hasMore: false },
    ];
    const found = mergePages(pages).hits.map((each) => each.ts);
    assert.deepEqual(
      found,
      all.filter((ts) => found.length > 0 && ts >= (found.at(-1) ?? 0))
        .slice(0, found.length),
    );
  }));
});

Deno.test("found: neighbors of one channel stand together, in their order", () => {
  const groups = groupByChannel([hit("1", 4), hit("2", 3), hit("3", 2, "b"), hit("4", 1)]);
  assert.deepEqual(groups.map(ids), ["12", "3", "4"]);
});

const shown = (text: string, part: Partial<SearchQuery>) =>
  markedParts(text, query(part)).map((each) => each.marked ? `[${each.text}]` : each.text).join("");

Deno.test("marks: words by their beginning, without accents, and phrases as they stand", () => {
  assert.equal(
    shown("The Élan of greenhouses", { words: ["elan", "green"] }),
    "The [Élan] of [greenhouses]",
  );
  assert.equal(
    shown("tea leaves, leaves of tea", { phrases: ["leaves of"] }),
    "tea leaves, [leaves of] tea",
  );
  assert.equal(shown("全文検索です", { words: ["検索"] }), "全文[検索]です");
  assert.equal(
    shown("see https://a.example/b now", { words: ["a.example"] }),
    "see https://[a.example]/b now",
  );
});

Deno.test("marks: of a long text the part is shown in which the word stands", () => {
  const long = `${"begin ".repeat(100)}needle ${"end ".repeat(100)}`;
  const text = shown(long, { words: ["needle"] });
  assert.match(text, /^… .*\[needle\].* …$/);
  assert.ok(text.length < 260);
});

Deno.test("marks: what is found across words drawn in two ways is marked in both", () => {
  const runs = [{ text: "green", styles: ["strong" as const] }, { text: "house tea", styles: [] }];
  const parts = markedRuns(runs, query({ words: ["greenhouse"] }));
  assert.deepEqual(parts.map(({ text, styles, marked }) => [text, styles.join(), marked]), [
    ["green", "strong", true],
    ["house", "", true],
    [" tea", "", false],
  ]);
});

Deno.test("marks: no text gets lost or breaks", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.string(), (text, word) => {
      const parts = markedParts(text, query({ words: [word], phrases: [word] }));
      assert.equal(parts.map((part) => part.text).join(""), text.toWellFormed());
    }),
    { numRuns: 30 },
  );
});

Deno.test("typed: the filter and what was typed of it before the caret", () => {
  const at = (text: string) => {
    const caret = text.indexOf("|");
    const { filter, value, start } = typedPart(text.replace("|", ""), caret);
    return [filter, value, start];
  };
  assert.deepEqual(at("tea fr| x"), [undefined, "fr", 4]);
  assert.deepEqual(at("tea from:an|n"), ["from", "an", 4]);
  assert.deepEqual(at('in:"tea ro|'), ["in", "tea ro", 0]);
  assert.deepEqual(at("tea |"), [undefined, "", 4]);
  assert.deepEqual(at("https://a|"), [undefined, "https://a", 0]);
});

Deno.test("device: its words are narrowed by author, time and phrase; the rest is the server's", () => {
  const found = { id: "$1", sender: "@ann:one.test", ts: 50, text: "Green leaves, dry" };
  const fits = (part: Partial<SearchQuery>) =>
    fitsQuery(found, query(part), { selfId: "@bob:one.test", name: "Annie" });
  for (const from of ["ann", "@ann:one.test", "anni", "@ann@one.test"]) {
    assert.ok(fits({ from: [from] }), from);
  }
  assert.ok(!fits({ from: ["me"] }) && !fits({ from: ["@ann@two.test"] }));
  assert.ok(fits({ phrases: ["leaves dry"] }) && !fits({ phrases: ["dry leaves"] }));
  assert.ok(fits({ sinceTs: 50, untilTs: 51 }) && !fits({ untilTs: 50 }) && !fits({ sinceTs: 51 }));
  assert.ok(isForDevice(query({ words: ["a"], from: ["me"] })));
  assert.ok(!isForDevice(query({ from: ["me"] })));
  assert.ok(!isForDevice(query({ words: ["a"], has: ["file"] })));
  const rooms = ["tea", "tea-party", "cellar"].map((name) => ({
    roomId: `!${name}`,
    channelId: "main",
    name,
  }));
  const named = (...names: string[]) =>
    roomsFor(rooms, query({ in: names })).map((each) => each.name);
  assert.deepEqual(named("tea"), ["tea"]);
  assert.deepEqual(named("#te", "!cellar"), ["tea", "tea-party", "cellar"]);
  assert.deepEqual(named("nothing"), []);
});
