import assert from "node:assert/strict";
import fc from "fast-check";
import { FILTERS, parseSearch, problemText, SEARCH_TERMS_MAX, searchTerms } from "./query.ts";

function query(text: string, offset?: number) {
  const parsed = parseSearch(text, offset);
  assert.ok("query" in parsed, JSON.stringify(parsed));
  return parsed.query;
}

function problem(text: string): string {
  const parsed = parseSearch(text);
  assert.ok("problem" in parsed, text);
  return problemText(parsed.problem);
}

Deno.test("search: words, phrases and every filter", () => {
  const read = query(
    'tea "green leaves" from:@ada:home.example FROM:me in:"tea room" has:image mentions:everyone',
  );
  assert.deepEqual(read, {
    words: ["tea"],
    phrases: ["green leaves"],
    from: ["@ada:home.example", "me"],
    in: ["tea room"],
    has: ["image"],
    mentions: ["everyone"],
  });
});

Deno.test("search: days, months and years begin where the asker is", () => {
  assert.deepEqual(query("after:2026-03-28 before:2026-05").sinceTs, Date.UTC(2026, 2, 29));
  assert.equal(query("before:2026-05").untilTs, Date.UTC(2026, 4, 1));
  const { sinceTs, untilTs } = query("during:2026-03", 60);
  assert.equal(sinceTs, Date.UTC(2026, 1, 28, 23));
  assert.equal(untilTs, Date.UTC(2026, 2, 31, 23));
  assert.equal(query("during:2026 after:2026-02").sinceTs, Date.UTC(2026, 2, 1));
});

Deno.test("search: what cannot be meant is said with the value", () => {
  assert.match(problem("has:cheese"), /has:cheese/);
  assert.match(problem("before:2026-02-30"), /2026-02-30/);
  assert.match(problem("before:1"), /before:1/);
  assert.match(problem("from: ada"), /from:/);
  assert.match(problem("a ".repeat(SEARCH_TERMS_MAX + 1)), new RegExp(`${SEARCH_TERMS_MAX}`));
});

Deno.test("search: links and unknown filters are words", () => {
  assert.deepEqual(query("https://a.example/b to:me 12:30").words, [
    "https://a.example/b",
    "to:me",
    "12:30",
  ]);
});

Deno.test("search: any text is understood or refused with a sentence, and terms stand where they say", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom('"', " ", ":", "-", ...FILTERS.map((each) => `${each}:`), "2026-01"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const parsed = parseSearch(text);
      if ("problem" in parsed) {
        const said = problemText(parsed.problem);
        assert.ok(said.length > 0 && said.length < 200);
      }
      let end = 0;
      for (const term of searchTerms(text)) {
        assert.ok(term.start >= end && term.end > term.start && term.end <= text.length);
        end = term.end;
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("search: filters that are written are read back", () => {
  const value = fc.stringMatching(/^[a-z0-9@:._-]{1,20}$/);
  const filter = fc.constantFrom("from", "in", "mentions" as const);
  fc.assert(fc.property(fc.array(fc.tuple(filter, value), { maxLength: 10 }), (filters) => {
    const read = query(filters.map(([key, each]) => `${key}:${each}`).join(" "));
    for (const key of ["from", "in", "mentions"] as const) {
      assert.deepEqual(read[key], filters.filter(([each]) => each === key).map(([, each]) => each));
    }
  }));
});
